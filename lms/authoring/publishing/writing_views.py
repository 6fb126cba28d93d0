"""The home of those who write courses."""

from __future__ import annotations

from typing import Any

from flask import render_template

from lms.accounts.access import allow, signed_in, this_programme, this_zone
from lms.accounts.rules import may
from lms.authoring.blueprint import blueprint
from lms.authoring.drafts.pages import draft_rows
from lms.authoring.drafts.records import list_drafts
from lms.authoring.publishing.plans.pages import waiting_rows


@blueprint.get("/programmes/<programme>/writing")
@allow("write courses")
def writing(programme: str) -> Any:
    """Show what somebody who writes courses can do here, what waits for approval, and the drafts changed last."""
    this, me = this_programme(), signed_in()
    return render_template(
        "authoring/writing.html",
        here="writing",
        programme=this,
        waiting=waiting_rows(this.id, me.person_id, this_zone()),
        drafts=draft_rows(list_drafts(this.id, most=5), this_zone()),
        reads_feedback=may(me, "read feedback", this.id),
    )
