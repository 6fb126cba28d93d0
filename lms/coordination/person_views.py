"""What coordinators see of one person: status, dates, certificates one after another, and what can be done."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from lms.accounts.access import allow, signed_in, this_programme, this_zone
from lms.accounts.records import has_email
from lms.coordination import pages
from lms.coordination.blueprint import blueprint
from lms.coordination.board.list_records import list_rows_of
from lms.coordination.board.pages import board_of, rows_of, state_names
from lms.coordination.members import member_of_programme, on_hold_of
from lms.coordination.merging.pages import merged_rows
from lms.coordination.person.pages import details_in_words
from lms.coordination.person.roles_views import saved_words
from lms.coordination.unreached import trouble_words_of
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import settings


@blueprint.get("/programmes/<programme>/people/<person>")
@allow("see training states")
def person(programme: str, person: str) -> Any:
    """Show one person's courses and certificates; what is asked of many stays on the list."""
    member = member_of_programme(person)
    board = board_of(this_programme().id, settings())
    rows = rows_of(board, list_rows_of(board, person_id=member.id))
    return render_template(
        "coordination/person.html",
        here="people",
        programme=this_programme(),
        person={
            "name": member.display_name,
            "id": member.public_id,
            "email": member.email,
            "has_email": has_email(member),
            "joined_as": member.joined_as,
            "has_second_step": member.second_factor_at is not None,
        },
        details=details_in_words(member, this_programme(), settings()),
        mail_trouble=trouble_words_of(member.email, this_zone()),
        on_hold=on_hold_of(member.id) if any(row.on_hold for row in rows) else [],
        merged=merged_rows(member, this_programme(), settings()),
        is_me=member.id == signed_in().person_id,
        runs_site=signed_in().operator,
        courses=[
            (row, pages.certificates_of(row.enrolment, member.joined_as, settings())) for row in rows if row.enrolment
        ],
        notices=[*_asked_words(), *saved_words()],
        not_started=state_names()["not_started"],
    )


def _asked_words() -> list[str]:
    asked = request.args.get("asked")
    if asked == "now":
        return [_("We asked them by email for another spelling.")]
    return [_("We asked them by email less than a day ago, so we didn’t send another.")] if asked else []
