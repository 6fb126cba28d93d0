"""What coordinators change of the people in their programme, and what follows for the rows of members."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from lms.accounts import leaving
from lms.accounts.actions import FormError, give_role, make_password_link
from lms.accounts.addresses import normal_email
from lms.accounts.events import EmailChanged, EmailChangeUndone, MembershipEnded, MembershipGiven, NamesChanged
from lms.accounts.members import records
from lms.accounts.members.events import MemberDetailsChanged, OldDetailsDeleted, UnitJoined
from lms.accounts.members.records import Member
from lms.accounts.members.word_records import keep_words
from lms.accounts.records import Person, find_person_by_email, get_person, has_email, roles_of
from lms.accounts.rules import PROGRAMME_ROLES
from lms.foundation.db import db
from lms.foundation.events import announce
from lms.foundation.text.i18n import gettext as _


@dataclass(frozen=True)
class Details:
    """What a programme notes of somebody, as a form shows it: `unit` is a public id, empty for none.

    `line_manager` is the address of an account in the programme, or else a name.
    """

    staff_number: str
    unit: str
    line_manager: str


@dataclass(frozen=True)
class ChangedMeanwhile:
    """Nothing was written, because somebody else changed the same thing since the form was opened."""


def follow_role(event: MembershipGiven | MembershipEnded) -> None:
    """Keep somebody's row when they get or lose a role."""
    records.keep_member(event.person_id, event.programme_id)


def follow_details(event: NamesChanged | EmailChanged | EmailChangeUndone | MemberDetailsChanged) -> None:
    """Keep the keys of somebody's rows when their name, address or staff number changes."""
    records.keep_keys(event.person_id)


def details_of(member: Member) -> Details:
    """Return what is noted of somebody now."""
    manager = get_person(member.line_manager_id).email if member.line_manager_id else member.line_manager
    unit = records.get_unit(member.unit_id) if member.unit_id else None
    return Details(member.staff_number or "", unit.public_id if unit else "", manager)


def change_details(
    programme_id: str, person_id: str, seen: Details, wanted: Details
) -> FormError | ChangedMeanwhile | None:
    """Note other details of somebody, unless they are no longer those that the form was opened with."""
    member = records.get_member(programme_id, person_id)
    if details_of(member) != seen:
        return ChangedMeanwhile()
    unit = records.find_unit(wanted.unit, programme_id) if wanted.unit else None
    if wanted.unit and unit is None:
        return FormError("unit", _("Somebody else has removed this unit in the meantime. Please choose another one."))
    other = records.find_by_staff_number(programme_id, wanted.staff_number)
    if other and other.person_id != person_id:
        name = get_person(other.person_id).display_name
        return FormError("staff_number", _("%(name)s already has this staff number.", name=name))
    manager = _line_manager(member, wanted.line_manager)
    if isinstance(manager, FormError):
        return manager
    if (unit.id if unit else None) != member.unit_id:
        member.unit_id = unit.id if unit else None
        announce(UnitJoined(person_id, programme_id, member.unit_id))
    if (wanted.staff_number, wanted.line_manager) != (seen.staff_number, seen.line_manager):
        member.staff_number = wanted.staff_number or None
        member.line_manager_id, member.line_manager = manager
        announce(MemberDetailsChanged(person_id, programme_id))
    return None


def _line_manager(member: Member, text: str) -> tuple[str | None, str] | FormError:
    """Return the id of a line manager's account and no name, or no id and a name."""
    if "@" not in text:
        return None, text
    account = find_person_by_email(normal_email(text))
    if account is None or not records.is_member(member.programme_id, account.id):
        return FormError(
            "line_manager",
            _("Nobody in this programme has this email address. Check it, or enter the line manager’s name instead."),
        )
    if account.id == member.person_id:
        return FormError("line_manager", _("This is their own email address. Please enter their line manager’s."))
    return account.id, ""


def change_roles(
    programme_id: str, person_id: str, seen: Collection[str], wanted: Collection[str]
) -> FormError | ChangedMeanwhile | list[str]:
    """Give and take roles in one write, unless they are no longer those that the form was opened with.

    Return the roles that wait, because they are above learner and the address isn't proven: invite it to them.
    """
    now = set(roles_of(person_id).get(programme_id, ()))
    if now != set(seen):
        return ChangedMeanwhile()
    person = get_person(person_id)
    if not wanted:
        return FormError("role", _("Choose at least one role. To take all of them, end their membership instead."))
    if "coordinator" not in wanted and (alone := refuse_last_coordinator(programme_id, person_id)):
        return alone
    gained = [role for role in PROGRAMME_ROLES if role in wanted and role not in now]
    waiting = [role for role in gained if role != "learner"] if person.email_proven_at is None else []
    if waiting and not has_email(person):
        words = _("They have no email address here, so they can only be a learner. They can add one to their account.")
        return FormError("role", words)
    if not set(wanted) - set(waiting):
        words = _("Leave one of their current roles ticked until they’ve confirmed their email address.")
        return FormError("role", words)
    for role in gained:
        if role not in waiting:
            give_role(person_id, programme_id, role)
    for role in now - set(wanted):
        leaving.take_role(person_id, programme_id, role)
    return waiting


def refuse_last_coordinator(programme_id: str, person_id: str) -> FormError | None:
    """Return why somebody can't stop coordinating a programme, or None when somebody else does as well."""
    if not records.is_last_coordinator(programme_id, person_id):
        return None
    return FormError(
        "role", _("Nobody else coordinates this programme. Please make somebody else a coordinator first.")
    )


def end_membership(programme_id: str, person_id: str) -> FormError | None:
    """End every role of somebody in a programme, unless nobody would coordinate it; a second time changes nothing."""
    alone = refuse_last_coordinator(programme_id, person_id)
    if alone is None:
        leaving.end_membership(person_id, programme_id)
    return alone


def bring_back(programme_id: str, person_id: str) -> None:
    """Let somebody who left a programme be a learner there again, with their unit and staff number."""
    if not records.is_member(programme_id, person_id):
        give_role(person_id, programme_id, "learner")


def delete_old_details(before: datetime, most: int, programme_id: str) -> int:
    """Delete what a programme noted of some people who left before a moment, and return of how many."""
    deleted = records.delete_details(programme_id, before, most)
    if deleted:
        keep_words(db.session(), programme_id, deleted)
        announce(OldDetailsDeleted(len(deleted), before.date(), programme_id))
    return len(deleted)


def why_no_password_link(programme_id: str, person: Person, *, by_operator: bool) -> str | None:
    """Return why no link to a new password is handed out for somebody, in words, or None.

    Whoever has the link can sign in as them, so coordinators make one only for those who are nothing but learners of
    their programme, and nobody makes one for an operator.
    """
    if person.disabled_at is not None:
        return _("This account is closed, so nobody can sign in with it.")
    if person.operator:
        return _("This person runs the site. They choose a new password by email, or on the server.")
    roles = roles_of(person.id)
    if not by_operator and (set(roles) != {programme_id} or set(roles[programme_id]) != {"learner"}):
        return _(
            "This person has another role or is in another programme as well. "
            "Please ask the people who run this site to make the link."
        )
    return None


def hand_out_password_link(programme_id: str, person_id: str, token: str, *, by_operator: bool) -> str | None:
    """Let a token lead to a new password once, for somebody who gets it from a coordinator; return why not."""
    why_not = why_no_password_link(programme_id, get_person(person_id), by_operator=by_operator)
    if why_not is None:
        role = "operator" if by_operator else "coordinator"
        make_password_link(person_id, token, handed_out_in=programme_id, by_role=role)
    return why_not


def is_line_manager(programme_id: str, person_id: str, account_id: str | None, name: str) -> bool:
    """Decide whether an account, or somebody of this name, is noted as somebody's line manager."""
    member = db.session.get(Member, (programme_id, person_id))
    if member is None:
        return False
    if account_id and member.line_manager_id == account_id:
        return True
    return bool(name) and records.is_same_name(records.name_of_line_manager(member), name)
