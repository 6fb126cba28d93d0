"""The list of a programme's drafts."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from lms.accounts.access import allow, this_programme, this_zone
from lms.authoring.blueprint import blueprint
from lms.authoring.drafts import records
from lms.authoring.drafts.pages import draft_rows


@blueprint.get("/programmes/<programme>/drafts")
@allow("write courses")
def drafts(programme: str) -> Any:
    """List the open drafts of a programme, page by page."""
    after = request.args.get("after", "")
    found = records.list_drafts(this_programme().id, after=after, most=records.PAGE + 1)
    shown = found[: records.PAGE]
    more = shown[-1].public_id if len(found) > records.PAGE else None
    return render_template(
        "authoring/drafts.html",
        here="writing",
        programme=this_programme(),
        drafts=draft_rows(shown, this_zone()),
        first_url=url_for("authoring.drafts", programme=programme) if after else None,
        next_url=url_for("authoring.drafts", programme=programme, after=more) if more else None,
    )
