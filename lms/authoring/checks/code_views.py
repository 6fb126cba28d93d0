"""Pages that say what the codes of `lms check` mean, each with an example."""

from __future__ import annotations

from typing import Any

from flask import render_template

from lms.accounts.access import allow
from lms.authoring.blueprint import blueprint
from lms.content.lint.codes.explain import find_explanation, list_explanations, near_codes


@blueprint.get("/help/check-codes")
@allow("write courses")
def codes() -> Any:
    """List every code with its meaning."""
    return render_template("authoring/codes.html", here="writing", codes=list_explanations())


@blueprint.get("/help/check-codes/<check_code>")
@allow("write courses")
def code(check_code: str) -> Any:
    """Explain one code; for a name that none has, offer the nearest."""
    found = find_explanation(check_code)
    if found is None:
        near = [one for name in near_codes(check_code) if (one := find_explanation(name))]
        return render_template("authoring/codes.html", here="writing", asked=check_code[:60], codes=near), 404
    return render_template("authoring/code.html", here="writing", code=found, also=found.example.also)
