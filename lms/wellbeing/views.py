"""What people see when they pause, look for a support line, or change how the screen looks."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from lms.accounts.access import public, visitor
from lms.accounts.records import get_programme
from lms.foundation.gate import local_path, settings
from lms.wellbeing import lines
from lms.wellbeing.rules import choose_display

rooms = Blueprint("wellbeing", __name__)
YEAR = 365 * 24 * 3600


def _programme_facts() -> dict[str, Any] | None:
    somebody = visitor()
    if somebody is None or not somebody.roles:
        return None
    programme = get_programme(next(iter(somebody.roles)))
    return {"name": programme.name, **programme.facts}


def _back() -> str:
    return local_path(request.args.get("from"), url_for("learning.home"))


@rooms.get("/pause")
@public
def pause() -> Any:
    """Offer a few quiet minutes, and the way back."""
    facts = _programme_facts() or {}
    return render_template(
        "wellbeing/pause.html", back_url=_back(), lead_text=facts.get("lead"), contact=facts.get("contact")
    )


@rooms.get("/support")
@public
def support() -> Any:
    """Show whom one can talk to now; nothing of this visit is kept."""
    facts = _programme_facts()
    code = request.args.get("place") or (facts or {}).get("country", "")
    return render_template(
        "wellbeing/support.html",
        place=lines.find_place(str(code)) if code else None,
        programme=facts,
        directory=lines.directory(),
        places=[(place.code, place.name) for place in lines.list_places()],
        back_url=_back(),
    )


@rooms.route("/display", methods=["GET", "POST"])
@public
def display() -> Any:
    """Change size, face, light and quiet; the choice is kept on this device alone."""
    if request.method == "GET":
        return render_template("wellbeing/display.html", back_url=_back())
    chosen = choose_display(
        request.form.get("size", ""),
        request.form.get("face", ""),
        request.form.get("light", ""),
        request.form.get("quiet", ""),
    )
    response = redirect(local_path(request.form.get("next"), url_for("wellbeing.display")), 303)
    response.set_cookie(
        "display", chosen.as_cookie(), max_age=YEAR, httponly=True, secure=settings().secure, samesite="Lax", path="/"
    )
    return response
