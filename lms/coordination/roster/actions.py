"""Imports of people: a draft row by row, its start, and what is done for each row, a few at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from lms.accounts import limits
from lms.accounts.actions import FormError
from lms.accounts.invitations import actions as invitation_actions
from lms.accounts.invitations.actions import Outgoing
from lms.accounts.invitations.records import Brought, Invitation
from lms.accounts.invitations.slips import Newcomer, add_newcomers
from lms.accounts.members.details import (
    UnitIndex,
    differs,
    index_units,
    list_managers,
    note_details,
    unit_key,
    unit_path,
)
from lms.accounts.members.unit_actions import UNITS_MOST, add_unit
from lms.accounts.merges.records import find_merge_away
from lms.accounts.records import get_person
from lms.coordination.roster import records, rules
from lms.coordination.roster.events import RosterImportEnded, RosterImportStarted
from lms.coordination.roster.reading import Entry
from lms.coordination.roster.records import Known, RosterImport, RosterRow
from lms.coordination.roster.rules import Result, Standing
from lms.coordination.roster.without_email import with_sign_in_names
from lms.foundation import clock, ids
from lms.foundation.background import jobs
from lms.foundation.config.settings import Settings
from lms.foundation.db import db
from lms.foundation.events import announce
from lms.foundation.mail.outbox import can_be_emailed
from lms.foundation.text.i18n import gettext as _

WORK = "coordination.roster"


def begin_draft(programme_id: str, asked_by: str | None, left_out: Sequence[str]) -> RosterImport:
    """Note that a file is being read; nobody sees it until it is read to its end."""
    made = RosterImport(
        id=ids.inner_id(),
        public_id=ids.public_id(),
        programme_id=programme_id,
        asked_by=asked_by,
        left_out=list(left_out),
        new_units=[],
        state="reading",
        turn=0,
        made_at=clock.now(),
    )
    db.session.add(made)
    return made


def add_rows(import_id: str, entries: Sequence[Entry]) -> None:
    """Add rows to a draft, each with what will come of it as things stand now."""
    draft = records.get_import(import_id)
    units = index_units(draft.programme_id)
    entries = with_sign_in_names(draft.programme_id, import_id, entries)
    rows = [_row(import_id, entry, units) for entry in entries]
    good = [row for row in rows if not row.problems]
    now = _Now(draft.programme_id, good, units)
    own = get_person(draft.asked_by).email if draft.asked_by else ""
    new_units = {unit_key(name): name for name in draft.new_units}
    for entry, row in zip(entries, rows, strict=True):
        if row.problems:
            continue
        _look_at(row, now, own)
        row.result = "problem" if row.problems else "same" if entry.repeats else now.result_of(row)
        if row.unit and not row.unit_id and not row.problems:
            row.unit = new_units.setdefault(unit_key(row.unit), row.unit)
    draft.new_units = list(new_units.values())
    db.session.add_all(rows)


def _row(import_id: str, entry: Entry, units: UnitIndex) -> RosterRow:
    return RosterRow(
        import_id=import_id,
        number=entry.number,
        email=entry.email,
        name=entry.name,
        role=entry.role,
        unit=entry.unit,
        unit_id=units.find(entry.unit) if entry.unit else None,
        staff_number=entry.staff_number,
        line_manager=entry.line_manager,
        problems=[list(problem) for problem in entry.problems],
        result="problem",
        done=bool(entry.problems),
    )


class _Now:
    """How things stand in the database for some rows."""

    def __init__(self, programme_id: str, rows: Sequence[RosterRow], units: UnitIndex) -> None:
        self.known: Known = records.look_up(
            programme_id, {row.email for row in rows}, {row.staff_number for row in rows if row.staff_number}
        )
        self.managers = list_managers(programme_id, {row.line_manager for row in rows})
        self.units = units

    def brought_by(self, row: RosterRow) -> Brought:
        """Return what a row says of somebody; a unit that was removed meanwhile, and what others have, is left out."""
        unit_id = row.unit_id if row.unit_id in self.units.known else None
        free = self.known.staff_numbers.get(row.staff_number, row.email) == row.email
        return Brought(unit_id, row.staff_number if free else "", row.line_manager)

    def invitation_of(self, row: RosterRow) -> Invitation | None:
        return self.known.invitations.get((row.email, row.role))

    def result_of(self, row: RosterRow) -> Result:
        """Return what comes of a row now."""
        member, invitation = self.known.members.get(row.email), self.invitation_of(row)
        brought = self.brought_by(row)
        other = bool(row.unit and not row.unit_id)
        if member and member.left_at is None:
            other = other or differs(member, brought, self.managers)
        elif invitation:
            other = other or _says_more(invitation, row, brought)
        return rules.decide_row(
            row.role,
            Standing(
                frozenset(self.known.roles.get(row.email, ())),
                invitation is not None,
                invitation is not None and invitation.expires_at <= clock.now(),
                other,
                not can_be_emailed(row.email),
            ),
        )


def _says_more(invitation: Invitation, row: RosterRow, brought: Brought) -> bool:
    pairs = (
        (row.name, invitation.name),
        (brought.unit_id, invitation.unit_id),
        (brought.staff_number, invitation.staff_number),
        (brought.line_manager, invitation.line_manager),
    )
    return any(said and said != noted for said, noted in pairs)


def _look_at(row: RosterRow, now: _Now, own: str) -> None:
    """Note what speaks against a row in view of who is here."""
    reasons: list[list[str]] = []
    if row.staff_number and now.known.staff_numbers.get(row.staff_number, row.email) != row.email:
        reasons.append([_("Staff number"), _("Somebody else in this programme has this staff number.")])
    if row.unit and now.units.is_unclear(row.unit):
        words = _(
            "Several units have this name. Please add the unit above it, as in “Surgery / %(unit)s”.", unit=row.unit
        )
        reasons.append([_("Unit"), words])
    elif len(unit_path(row.unit)) > 2:
        reasons.append([_("Unit"), _("A unit can be below one other unit, as in “Surgery / Ward 4”, but no deeper.")])
    member = now.known.members.get(row.email)
    if member and member.left_at and not can_be_emailed(row.email):
        reasons.append([_("Name"), _("They left this programme. You can bring them back on their page.")])
    if member and row.email in now.known.closed:
        reasons.append([_("Email"), _why_closed(member.person_id)])
    if own and row.email == own and now.result_of(row) != "here":
        reasons.append([_("Email"), _("This is you. Another coordinator can change your details.")])
    row.problems, row.done = reasons, bool(reasons)


def _why_closed(person_id: str) -> str:
    """Return why nothing is changed of somebody whose account is closed."""
    merge = find_merge_away(person_id)
    if merge:
        kept = get_person(merge.kept_id).email
        return _("This account was merged into %(account)s. Please use that address.", account=kept)
    return _("This account is closed, so nothing is changed. The people who run this site can open it.")


def finish_draft(import_id: str) -> RosterImport:
    """Let whoever sent a file see what was read."""
    draft = records.get_import(import_id)
    draft.state = "draft"
    return draft


@dataclass(frozen=True)
class TooMany:
    """An expected "no": a programme's invitations of this day are used up; how long until there are more."""

    wait: timedelta


def start(import_id: str) -> RosterImport | TooMany | FormError:
    """Begin what a draft says; one that has begun stays as it is."""
    draft = records.get_import(import_id)
    if draft.state != "draft":
        return draft
    counts = records.count_rows(import_id).by_result
    inviting = counts.get("invited", 0) + counts.get("again", 0)
    wait = limits.count_imported(draft.programme_id, inviting) if inviting else None
    if wait:
        return TooMany(wait)
    units = len(index_units(draft.programme_id).known) + len(draft.new_units)
    if units > UNITS_MOST:
        return FormError(
            "units",
            _("That would make %(seen)s units, and there can be %(most)s at most.", seen=units, most=UNITS_MOST),
        )
    missing = _add_units(draft)
    if missing:
        return missing
    draft.state = "running"
    announce(RosterImportStarted(draft.id, draft.programme_id, sum(counts.values())))
    jobs.push(WORK, f"{draft.id} 0")
    return draft


def _add_units(draft: RosterImport) -> FormError | None:
    """Add the units that a draft names and the programme doesn't have, those above others first."""
    for name in sorted(draft.new_units, key=lambda name: len(unit_path(name))):
        path = unit_path(name)
        unit_id = ""
        for depth, part in enumerate(path, 1):
            known = index_units(draft.programme_id).find(" / ".join(path[:depth]))
            above = records.public_id_of_unit(unit_id) if unit_id else ""
            made = None if known else add_unit(draft.programme_id, part, above)
            if isinstance(made, FormError):
                return made
            unit_id = known or (made.id if made else "")
        records.place_in_unit(draft.id, name, unit_id)
    return None


def take_turn(import_id: str, turn: int) -> RosterImport | None:
    """Begin the next step of an import; None when it has ended, or when that step was begun by another push."""
    found = records.get_import(import_id)
    if found.state != "running" or found.turn != turn:
        return None
    found.turn += 1
    return found


def push_next_step(import_id: str, turn: int) -> None:
    """Ask for the step that follows."""
    jobs.push(WORK, f"{import_id} {turn}")


def results_now(programme_id: str, rows: Sequence[RosterRow]) -> dict[int, Result]:
    """Return what would come of some rows now, by their numbers."""
    now = _Now(programme_id, rows, index_units(programme_id))
    return {row.number: "same" if row.result == "same" else now.result_of(row) for row in rows}


def do_rows(import_id: str, most: int, outgoing: Mapping[int, Outgoing], settings: Settings) -> None:
    """Do the next few rows in one write: each email leaves with its invitation, or neither does.

    A row that needs an email which nobody wrote yet, because things changed meanwhile, stays for the next step.
    """
    this = records.get_import(import_id)
    if this.state != "running":
        return
    rows = records.list_undone(import_id, most)
    now = _Now(this.programme_id, rows, index_units(this.programme_id))
    without_email = list[RosterRow]()
    for row in rows:
        result: Result = "same" if row.result == "same" else now.result_of(row)
        if result in {"invited", "again"}:
            if row.number not in outgoing:
                continue
            older = now.invitation_of(row)
            invitation_actions.send_invitation(
                settings, this.programme_id, row.role, outgoing[row.number], now.brought_by(row), older
            )
        elif result == "slip":
            without_email.append(row)
        _note_changes(row, now, result)
        row.result, row.done = result, True
    newcomers = [Newcomer(row.name, now.brought_by(row)) for row in without_email]
    for row, name in zip(without_email, add_newcomers(this.programme_id, newcomers), strict=True):
        row.email = name


def _note_changes(row: RosterRow, now: _Now, result: Result) -> None:
    """Note what a row says of a member at once; for others, it waits in their invitation until they join."""
    member, invitation, brought = now.known.members.get(row.email), now.invitation_of(row), now.brought_by(row)
    if member and member.left_at is None and result in {"invited", "again", "changed"}:
        note_details(member, brought, now.managers)
    elif invitation and result == "changed":
        invitation.name = row.name or invitation.name
        invitation.keep_key()
        invitation_actions.bring(invitation, brought)


def end(import_id: str, state: str) -> None:
    """End an import: done, or stopped; one that has ended stays as it is. A draft that is stopped is deleted."""
    this = records.get_import(import_id)
    if this.state == "draft":
        records.forget([import_id])
    elif this.state == "running":
        this.state, this.ended_at = state, clock.now()
        announce(RosterImportEnded(this.id, this.programme_id, state))
