"""What programmes note of somebody, as they read it on their own account page."""

from __future__ import annotations

from lms.accounts.members.records import list_memberships, name_of_line_manager, name_of_unit
from lms.accounts.records import get_programme
from lms.accounts.rules import zone_of
from lms.foundation.clock import day_of
from lms.foundation.text.i18n import day
from lms.foundation.text.i18n import gettext as _


def memberships_in_words(person_id: str, zone: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return (programme, (label, value) pairs) for each programme that somebody is in or was in."""
    found = []
    for member in list_memberships(person_id):
        programme = get_programme(member.programme_id)
        here = zone_of(programme.facts, zone)
        rows = [
            (_("Unit"), name_of_unit(member.unit_id)),
            (_("Staff number"), member.staff_number or ""),
            (_("Line manager"), name_of_line_manager(member)),
            (_("Joined"), day(day_of(member.joined_at, here))),
            (_("Left"), day(day_of(member.left_at, here)) if member.left_at else ""),
        ]
        found.append((programme.name, [(label, value) for label, value in rows if value]))
    return found
