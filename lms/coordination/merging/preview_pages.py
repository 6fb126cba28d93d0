"""The preview of a merge: what the account that stays will have afterwards, in words and counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lms.accounts.identities.records import list_identities
from lms.accounts.members.records import get_member, name_of_line_manager, name_of_unit
from lms.accounts.records import Person, Programme, get_person, get_programme, roles_of
from lms.certification.awards.codes import grouped
from lms.certification.awards.observations import list_observations
from lms.certification.awards.records import Award, list_awards_of_enrolment
from lms.coordination.assignments.records import count_shown
from lms.coordination.board.list_records import list_rows_of
from lms.coordination.board.pages import board_of, rows_of
from lms.coordination.members import started_in
from lms.coordination.merging.rules import Plan
from lms.coordination.person.pages import role_names
from lms.foundation.config.settings import Settings
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import ngettext
from lms.learning.progress.equivalents import list_valid_equivalents


@dataclass(frozen=True)
class Line:
    """One subject of a preview, and what becomes of it, a sentence each."""

    label: str
    sentences: tuple[str, ...]


def preview(programme: Programme, kept: Person, other: Person, plan: Plan, settings: Settings) -> list[Line]:
    """Return what the kept account will have after a merge, as a coordinator may know it: statuses, never answers."""
    lines = [
        Line(_("Signing in"), tuple(_signing_in(kept, other))),
        Line(_("Courses"), tuple(_courses(programme, kept, other, settings))),
        Line(_("Certificates"), tuple(_certificates(programme, kept, other, plan))),
        Line(_("Recorded for them"), tuple(_recorded(programme, kept, other))),
        Line(_("Assignments"), tuple(_assignments(programme, plan))),
        Line(_("Roles"), tuple(_roles(kept, other))),
        Line(_("Unit and staff number"), tuple(_details(programme, kept, plan))),
        Line(_("What you don’t see here"), tuple(_unseen(plan))),
        Line(_("What stays with the closed account"), tuple(_staying(plan))),
    ]
    return [line for line in lines if line.sentences]


def _signing_in(kept: Person, other: Person) -> Iterator[str]:
    yield _("They sign in as %(account)s, in the same way as now.", account=kept.email)
    yield _(
        "%(account)s is closed: nobody can sign in with it, and it’s signed out everywhere. Links to a new "
        "password and open invitations to it end.",
        account=other.email,
    )
    yield _("Two-step sign-in stays on.") if kept.second_factor_at else _("Two-step sign-in is off, as it is now.")
    if list_identities(other.id):
        yield _(
            "Single sign-on opens %(account)s today, and opens nothing after the merge. If they sign in that "
            "way, keep that account instead.",
            account=other.email,
        )
    elif list_identities(kept.id):
        yield _("Single sign-on still opens their account.")


def _courses(programme: Programme, kept: Person, other: Person, settings: Settings) -> Iterator[str]:
    board = board_of(programme.id, settings)
    states = {
        row.enrolment: row.training_text
        for person in (kept, other)
        for row in rows_of(board, list_rows_of(board, person_id=person.id))
    }
    mine = {enrolment.course_id: enrolment.id for enrolment, _course in started_in(programme.id, kept.id)}
    both = []
    for enrolment, course in started_in(programme.id, other.id):
        state = states.get(enrolment.id, _("Started"))
        if enrolment.course_id in mine:
            both.append(enrolment.course_id)
            yield _(
                "“%(course)s” is in both: “%(kept)s” in the account that stays, “%(other)s” in the other. It "
                "continues as one course, in which lessons, answers and results of both count. If that completes it, "
                "the certificate is issued straight away.",
                course=course.title,
                kept=states.get(mine[enrolment.course_id], _("Started")),
                other=state,
            )
        else:
            yield _("“%(course)s” comes from the other account: “%(state)s”.", course=course.title, state=state)
    alone = len(mine) - len(both)
    if alone:
        yield ngettext("%(num)s course stays as it is.", "%(num)s courses stay as they are.", alone)


def _awards(programme: Programme, person: Person) -> list[Award]:
    """Return somebody's certificates of a programme that its staff see."""
    started = started_in(programme.id, person.id)
    return [
        award for enrolment, _course in started for award in list_awards_of_enrolment(enrolment.id) if not award.waiting
    ]


def _certificates(programme: Programme, kept: Person, other: Person, plan: Plan) -> Iterator[str]:
    mine, theirs = _awards(programme, kept), _awards(programme, other)
    if theirs:
        yield ngettext(
            "%(num)s certificate comes from the other account.",
            "%(num)s certificates come from the other account.",
            len(theirs),
        )
    if mine:
        yield ngettext("%(num)s certificate is there already.", "%(num)s certificates are there already.", len(mine))
    if mine or theirs:
        yield _("Codes, dates and printed names don’t change, and everybody can still verify each certificate.")
    ending = {
        key[0]
        for one in plan.changes
        for key in one.keys
        if (one.table, one.column) == ("award", "current_for") and one.new is None
    }
    for award in (*mine, *theirs):
        if award.id in ending:
            yield _(
                "Both have a certificate of “%(course)s”. The other one is the current one, and %(code)s "
                "counts as an earlier one: it’s valid until its own last day.",
                course=award.title,
                code=grouped(award.code),
            )


def _recorded(programme: Programme, kept: Person, other: Person) -> Iterator[str]:
    both = [[enrolment.id for enrolment, _course in started_in(programme.id, who.id)] for who in (kept, other)]
    seen = [sum(len(list_observations(key)) for key in keys) for keys in both]
    if any(seen):
        yield _(
            "Observed practices: %(sum)s, of which %(num)s come from the other account.", sum=sum(seen), num=seen[1]
        )
    known = [sum(len(list_valid_equivalents(key)) for key in keys) for keys in both]
    if any(known):
        yield _(
            "Recognised learning and exemptions: %(sum)s, of which %(num)s come from the other account.",
            sum=sum(known),
            num=known[1],
        )


def _assignments(programme: Programme, plan: Plan) -> Iterator[str]:
    chosen, extended = (
        count_shown([key[0] for key in plan.keys(table, "person_id")], programme.id)
        for table in ("assignment_person", "assignment_extension")
    )
    if chosen:
        yield ngettext(
            "%(num)s assignment by name comes from the other account, with its date.",
            "%(num)s assignments by name come from the other account, with their dates.",
            chosen,
        )
    if extended:
        yield ngettext(
            "%(num)s request for more time comes from the other account, with the answer.",
            "%(num)s requests for more time come from the other account, with the answers.",
            extended,
        )
    yield _("Assignments to everybody, a unit or a role follow from their unit and roles after the merge.")


def _roles(kept: Person, other: Person) -> Iterator[str]:
    mine, theirs = roles_of(kept.id), roles_of(other.id)
    for programme_id in dict.fromkeys((*mine, *theirs)):
        roles = role_names([*mine.get(programme_id, ()), *theirs.get(programme_id, ())])
        yield f"{get_programme(programme_id).name}: {', '.join(roles)}"


def _details(programme: Programme, kept: Person, plan: Plan) -> Iterator[str]:
    """Return unit, staff number and line manager as they will be."""
    member = get_member(programme.id, kept.id)
    taken = {
        one.column: one.new
        for one in plan.changes
        if one.table == "member" and one.new is not None and one.keys == ((programme.id, kept.id),)
    }
    manager = taken.get("line_manager_id")
    named = get_person(str(manager)).display_name if manager else str(taken.get("line_manager") or "")
    unit = taken.get("unit_id")
    parts = (
        (_("Unit"), name_of_unit(str(unit)) if unit else name_of_unit(member.unit_id)),
        (_("Staff number"), str(taken.get("staff_number") or member.staff_number or "")),
        (_("Line manager"), named or name_of_line_manager(member)),
    )
    for label, value in parts:
        yield f"{label}: {value or _('None')}"


def _unseen(plan: Plan) -> Iterator[str]:
    yield _(
        "Their place in each course, their answers, results and conversations come together in the kept "
        "account. Only they see them. The same goes for anything private."
    )
    staff = (
        "batch.asked_by",
        "roster_import.asked_by",
        "assignment.made_by",
        "equivalent.recorded_by",
        "observation.recorded_by",
        "observation.observer_id",
        "observation.confirmed_by",
    )
    if any(plan.count(*name.split(".")) for name in staff):
        yield _("What they recorded, assigned or imported as staff goes with them.")


def _staying(plan: Plan) -> Iterator[str]:
    yield _("Its password, passkeys, devices and email preferences.")
    alike = sum(plan.staying.get(table, 0) for table in ("assignment_person", "assignment_extension"))
    if alike:
        yield ngettext(
            "%(num)s assignment or request for more time that both accounts have.",
            "%(num)s assignments or requests for more time that both accounts have.",
            alike,
        )
    yield _("What both accounts have alike, such as the same role or a lesson finished in both.")
