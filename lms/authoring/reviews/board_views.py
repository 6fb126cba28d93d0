"""The page that shows which courses need a review."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from lms.accounts.access import allow, signed_in, this_programme, this_zone
from lms.accounts.rules import may
from lms.authoring.blueprint import blueprint
from lms.authoring.reviews.pages import board_rows
from lms.foundation import clock
from lms.foundation.text.i18n import gettext as _


@blueprint.get("/programmes/<programme>/writing/reviews")
@allow("read reviews of courses")
def reviews(programme: str) -> Any:
    """Show what nobody has reviewed, what is due, and what rests on unchecked facts; only writers see drafts."""
    writes = may(signed_in(), "write courses", this_programme().id)
    return render_template(
        "authoring/reviews.html",
        here="writing" if writes else "people",
        writes=writes,
        programme=this_programme(),
        rows=board_rows(this_programme().id, clock.today(this_zone())),
        notices=[_("Your request is on its way by email.")] if request.args.get("saved") else [],
    )
