"""The one page of a programme that opens for an employer."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from lms.accounts.access import allow, signed_in, this_programme
from lms.certification.awards.actions import today_in
from lms.coordination.blueprint import blueprint
from lms.coordination.employer.pages import page_of
from lms.foundation.web.security import settings


@blueprint.get("/programmes/<programme>/status")
@allow("see status only")
def status(programme: str) -> Any:
    """Show who has a valid certificate and until when, a page at a time."""
    search, after = request.args.get("q", "")[:100], request.args.get("after", "")
    today = today_in(this_programme().id, settings())
    rows, following, unit = page_of(this_programme().id, signed_in().person_id, search, after, today)
    first_url = url_for("coordination.status", programme=programme, q=search or None)
    return render_template(
        "coordination/status.html",
        here="status",
        programme=this_programme(),
        rows=rows,
        unit=unit,
        q=search,
        first_url=first_url if after else None,
        next_url=url_for("coordination.status", programme=programme, q=search or None, after=following)
        if following
        else None,
    )
