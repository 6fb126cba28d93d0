"""What a file or an invitation says of somebody: unit, staff number and line manager, noted once they are a member."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from lms.accounts.addresses import normal_email
from lms.accounts.events import MembershipGiven
from lms.accounts.invitations.records import Brought, find_brought
from lms.accounts.members import records
from lms.accounts.members.events import MemberDetailsChanged, UnitJoined
from lms.accounts.members.records import Member, Unit
from lms.accounts.records import Person, get_person
from lms.foundation.db import db
from lms.foundation.events import announce
from lms.foundation.text.collation import search_key

UNIT_NAME_MOST = 80


def list_managers(programme_id: str, texts: Collection[str]) -> dict[str, str]:
    """Return the inner ids of the members whose addresses stand among some texts, by address."""
    addresses = {normal_email(text) for text in texts if "@" in text}
    if not addresses:
        return {}
    query = select(Person.email, Person.id).join(Member, Member.person_id == Person.id)
    found = db.session.execute(query.where(Member.programme_id == programme_id, Person.email.in_(addresses)))
    return {row[0]: row[1] for row in found}


def _changed(member: Member, brought: Brought, managers: Mapping[str, str]) -> tuple[bool, bool]:
    """Return whether somebody would be in another unit, and whether anything else of them would change.

    Nobody is their own line manager.
    """
    manager_id = _manager_id(brought, managers)
    noted = member.line_manager_id if manager_id else member.line_manager
    named = bool(brought.line_manager) and manager_id != member.person_id
    return (
        bool(brought.unit_id and brought.unit_id != member.unit_id),
        bool(brought.staff_number and brought.staff_number != member.staff_number)
        or (named and (manager_id or brought.line_manager) != noted),
    )


def _manager_id(brought: Brought, managers: Mapping[str, str]) -> str | None:
    return managers.get(normal_email(brought.line_manager)) if "@" in brought.line_manager else None


def differs(member: Member, brought: Brought, managers: Mapping[str, str]) -> bool:
    """Decide whether something else is said of somebody than what is noted."""
    return any(_changed(member, brought, managers))


def note_details(member: Member, brought: Brought, managers: Mapping[str, str]) -> None:
    """Note what is said of a member."""
    moves, changes = _changed(member, brought, managers)
    if moves:
        member.unit_id = brought.unit_id
        announce(UnitJoined(member.person_id, member.programme_id, member.unit_id))
    if changes:
        member.staff_number = brought.staff_number or member.staff_number
        manager_id = _manager_id(brought, managers)
        if brought.line_manager and manager_id != member.person_id:
            member.line_manager_id, member.line_manager = manager_id, "" if manager_id else brought.line_manager
        announce(MemberDetailsChanged(member.person_id, member.programme_id))


def note_on_joining(event: MembershipGiven) -> None:
    """Note what an invitation said of somebody who joins, by whichever road.

    What is noted already stays, and a staff number that somebody else has is left out.
    """
    programme_id = event.programme_id
    member = db.session.get(Member, (programme_id, event.person_id))
    brought = find_brought(programme_id, get_person(event.person_id).email)
    if member is None or brought == Brought():
        return
    unit = db.session.get(Unit, brought.unit_id) if brought.unit_id else None
    taken = brought.staff_number and db.session.scalar(
        select(Member.person_id).where(Member.programme_id == programme_id, Member.staff_number == brought.staff_number)
    )
    said = Brought(
        unit.id if unit and unit.programme_id == programme_id and not member.unit_id else None,
        "" if taken or member.staff_number else brought.staff_number,
        "" if member.line_manager_id or member.line_manager else brought.line_manager,
    )
    note_details(member, said, list_managers(programme_id, [said.line_manager]))


def name_of_unit(unit_id: str | None) -> str:
    """Return the name of a unit that an invitation brings; nothing once it is removed."""
    return records.name_of_unit(unit_id) if unit_id and db.session.get(Unit, unit_id) else ""


@dataclass(frozen=True)
class UnitIndex:
    """The units of a programme by their names, as people write them: “Ward 4”, or “Surgery / Ward 4”."""

    ids: Mapping[tuple[str, ...], tuple[str, ...]]
    known: frozenset[str]

    def find(self, name: str) -> str | None:
        """Return the inner id of the one unit that a name means; None for none, and for one of several."""
        found = self.ids.get(unit_key(name), ())
        return found[0] if len(found) == 1 else None

    def is_unclear(self, name: str) -> bool:
        """Decide whether several units are called like this."""
        return len(self.ids.get(unit_key(name), ())) > 1


def unit_path(name: str) -> tuple[str, ...]:
    """Return the names of a unit and the one above it, the latter first."""
    return tuple(part for part in (piece.strip() for piece in name.replace(">", "/").split(" / ")) if part)


def unit_key(name: str) -> tuple[str, ...]:
    """Return a name of a unit as it is compared: accents, capitals and signs don't count."""
    return tuple(search_key(part) for part in unit_path(name))


def index_units(programme_id: str) -> UnitIndex:
    """Return the units of a programme by name; one below another goes by its own name too."""
    units = {unit.id: unit for unit in records.list_units(programme_id)}
    ids: dict[tuple[str, ...], tuple[str, ...]] = {}
    for unit in units.values():
        above = units.get(unit.parent_id or "")
        whole = (above.name_key, unit.name_key) if above else (unit.name_key,)
        for key in {whole, (unit.name_key,)}:
            ids[key] = (*ids.get(key, ()), unit.id)
    for unit in units.values():
        if unit.parent_id is None:
            # The name alone of a unit at the top means that one, whatever is below others.
            ids[unit.name_key,] = (unit.id,)
    return UnitIndex(ids, frozenset(units))
