"""Pages of a programme's drafts: the home of those who write, and the list of drafts."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from lms.accounts.access import allow, signed_in, this_programme, this_zone
from lms.accounts.rules import may
from lms.authoring.blueprint import blueprint
from lms.authoring.drafts import records
from lms.foundation import clock
from lms.foundation.text.i18n import day


@blueprint.get("/programmes/<programme>/writing")
@allow("write courses")
def writing(programme: str) -> Any:
    """Show what somebody who writes courses can do here, and the drafts that were changed last."""
    return render_template(
        "authoring/writing.html",
        here="writing",
        programme=this_programme(),
        drafts=_rows(records.list_drafts(this_programme().id, most=5)),
        reads_feedback=may(signed_in(), "read feedback", this_programme().id),
    )


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
        drafts=_rows(shown),
        first_url=url_for("authoring.drafts", programme=programme) if after else None,
        next_url=url_for("authoring.drafts", programme=programme, after=more) if more else None,
    )


def _rows(drafts: list[records.Draft]) -> list[dict[str, str]]:
    zone = this_zone()
    return [
        {"id": row.public_id, "title": row.title, "changed": day(clock.day_of(row.changed_at, zone))} for row in drafts
    ]
