"""What the page of one person shows beside their courses: details, roles and invitations, in words."""

from __future__ import annotations

from typing import Any

from lms.accounts.invitations.records import list_open_of
from lms.accounts.members.actions import Details
from lms.accounts.members.records import get_member, name_of_line_manager, name_of_unit
from lms.accounts.records import Person, Programme, roles_of
from lms.accounts.rules import PROGRAMME_ROLES, zone_of
from lms.foundation.clock import day_of
from lms.foundation.config.settings import Settings
from lms.foundation.text.i18n import day
from lms.foundation.text.i18n import gettext as _


def role_choices() -> dict[str, tuple[str, str]]:
    """Return each role of a programme with its name and what somebody who has it can do, in a line."""
    return {
        "learner": (_("Learner"), _("Takes courses and gets certificates. Coordinators see their status.")),
        "trainer": (_("Trainer"), _("Reads facilitator notes and feedback on lessons, and confirms observers.")),
        "observer": (_("Observer"), _("Reads facilitator notes. Can be named as who observed somebody’s practice.")),
        "coordinator": (
            _("Coordinator"),
            _("Invites people, sees everyone’s status, issues certificates and changes the programme’s settings."),
        ),
        "employer": (
            _("Employer"),
            _(
                "Sees who has a valid certificate and until when, and nothing else. If they’re in a unit, they only "
                "see people in it and in the units below it."
            ),
        ),
    }


def role_names(roles: list[str]) -> list[str]:
    """Return the names of roles, in the order in which they are explained."""
    names = role_choices()
    return [names[role][0] for role in PROGRAMME_ROLES if role in roles]


def details_in_words(person: Person, programme: Programme, settings: Settings) -> dict[str, Any]:
    """Return what a programme notes of somebody in it."""
    member = get_member(programme.id, person.id)
    zone = zone_of(programme.facts, settings.timezone)
    return {
        "staff_number": member.staff_number or "",
        "unit": name_of_unit(member.unit_id),
        "line_manager": name_of_line_manager(member),
        "roles": role_names(roles_of(person.id).get(programme.id, [])),
        "joined": day(day_of(member.joined_at, zone)),
        "disabled": person.disabled_at is not None,
        "proven": person.email_proven_at is not None,
        "invitations": [
            (role_choices()[row.role][0], day(day_of(row.expires_at, zone)))
            for row in list_open_of(programme.id, person.email)
        ],
    }


def what_changed(seen: Details, now: Details, units: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return (anchor, words) for each detail that somebody else changed since a form was opened."""
    names = dict(units)
    found = [
        ("staff_number", _("Staff number"), seen.staff_number, now.staff_number, now.staff_number),
        ("unit", _("Unit"), seen.unit, now.unit, names.get(now.unit, "") if now.unit else ""),
        ("line_manager", _("Line manager"), seen.line_manager, now.line_manager, now.line_manager),
    ]
    return [
        (f"f-{field}", _("%(what)s is now: %(value)s", what=label, value=words or _("nothing")))
        for field, label, before, after, words in found
        if before != after
    ]
