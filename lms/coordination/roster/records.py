"""Imports of people from a file: the tables and their queries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, delete, func, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from lms.accounts.invitations.records import Invitation
from lms.accounts.members.records import Member, Unit
from lms.accounts.records import Membership, Person
from lms.coordination.roster.rules import DRAFT_KEPT, IMPORT_KEPT
from lms.foundation import clock, ids
from lms.foundation.db import Base, db


class RosterImport(Base):
    """A file of people that somebody sent; it is a draft until they confirm it. A command has no `asked_by`."""

    __tablename__ = "roster_import"
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    public_id: Mapped[str] = mapped_column(unique=True, default=ids.public_id)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), index=True)
    asked_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    # The headings of columns that aren't used, and the names of units that are added once it is confirmed.
    left_out: Mapped[list[str]] = mapped_column(JSON, default=list)
    new_units: Mapped[list[str]] = mapped_column(JSON, default=list)
    # reading, draft, running, done or stopped.
    state: Mapped[str] = mapped_column(default="reading", index=True)
    turn: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class RosterRow(Base):
    """One row of such a file, by its number there, with what will come of it or, once it is done, what came of it."""

    __tablename__ = "roster_row"
    __table_args__ = (Index("ix_roster_row_result", "import_id", "result", "number"),)
    import_id: Mapped[str] = mapped_column(ForeignKey("roster_import.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    # The address; for a row without one, a sign-in name.
    email: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    role: Mapped[str]
    unit: Mapped[str]
    # Whatever happens to a unit's name meanwhile; it may have been removed.
    unit_id: Mapped[str | None]
    staff_number: Mapped[str]
    line_manager: Mapped[str]
    # (column, reason) in the language of whoever sent the file.
    problems: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    result: Mapped[str]
    done: Mapped[bool] = mapped_column(default=False)


def find_import(public_id: str, programme_id: str, asked_by: str) -> RosterImport | None:
    """Return what somebody sent for a programme and has been read; nobody finds what others sent."""
    query = select(RosterImport).where(RosterImport.public_id == public_id, RosterImport.programme_id == programme_id)
    return db.session.scalar(query.where(RosterImport.asked_by == asked_by, RosterImport.state != "reading"))


def get_import(import_id: str) -> RosterImport:
    """Return an import as it stands in the database now."""
    return db.session.get_one(RosterImport, import_id, populate_existing=True)


def count_running() -> tuple[int, datetime | None]:
    """Return how many imports are under way, and since when that is which was sent first."""
    query = select(func.count(), func.min(RosterImport.made_at)).where(RosterImport.state == "running")
    row = db.session.execute(query).one()
    return row[0], row[1]


def list_running() -> list[tuple[str, int]]:
    """Return (id, turn) of everything that is under way, the oldest first."""
    query = select(RosterImport.id, RosterImport.turn).where(RosterImport.state == "running")
    return [(row.id, row.turn) for row in db.session.execute(query.order_by(RosterImport.made_at, RosterImport.id))]


def list_recent(programme_id: str, asked_by: str, most: int) -> Sequence[RosterImport]:
    """Return what somebody sent for a programme and is still known of, the newest first."""
    query = select(RosterImport).where(RosterImport.programme_id == programme_id, RosterImport.asked_by == asked_by)
    query = query.where(RosterImport.state.in_(("draft", "running", "done")))
    return db.session.scalars(query.order_by(RosterImport.made_at.desc(), RosterImport.id.desc()).limit(most)).all()


def list_undone(import_id: str, most: int) -> Sequence[RosterRow]:
    """Return the next few rows that are still to be done."""
    query = select(RosterRow).where(RosterRow.import_id == import_id, RosterRow.done.is_(False))
    query = query.order_by(RosterRow.number).limit(most).execution_options(populate_existing=True)
    return db.session.scalars(query).all()


def list_rows(import_id: str, result: str, after: int, most: int) -> Sequence[RosterRow]:
    """Return the next few rows with a result, from a row on."""
    query = select(RosterRow).where(RosterRow.import_id == import_id, RosterRow.result == result)
    return db.session.scalars(query.where(RosterRow.number > after).order_by(RosterRow.number).limit(most)).all()


@dataclass(frozen=True)
class Counts:
    """How many rows have which result, and how many of all are done."""

    by_result: dict[str, int]
    done: int

    @property
    def total(self) -> int:
        """How many rows there are."""
        return sum(self.by_result.values())


def count_rows(import_id: str) -> Counts:
    """Return how many rows of an import have which result, and how many are done."""
    query = select(RosterRow.result, RosterRow.done, func.count()).where(RosterRow.import_id == import_id)
    by_result, done = dict[str, int](), 0
    for result, is_done, count in db.session.execute(query.group_by(RosterRow.result, RosterRow.done)):
        by_result[result] = by_result.get(result, 0) + count
        done += count if is_done else 0
    return Counts(by_result, done)


def public_id_of_unit(unit_id: str) -> str:
    """Return the id of a unit that stands in addresses."""
    return db.session.get_one(Unit, unit_id).public_id


def place_in_unit(import_id: str, name: str, unit_id: str) -> None:
    """Note the unit of all rows that name it, once it exists."""
    rows = (RosterRow.import_id == import_id, RosterRow.unit == name, RosterRow.unit_id.is_(None))
    db.session.execute(update(RosterRow).where(*rows).values(unit_id=unit_id))


@dataclass
class Known:
    """What the database knows of the addresses of some rows, in one programme."""

    members: dict[str, Member]
    roles: dict[str, set[str]]
    invitations: dict[tuple[str, str], Invitation]
    # Whose each staff number is, by the address of their account.
    staff_numbers: dict[str, str]
    # The addresses of members, and of those who left, whose account is closed.
    closed: frozenset[str]


def look_up(programme_id: str, emails: Collection[str], staff_numbers: Collection[str]) -> Known:
    """Return what the database knows of some addresses and staff numbers, in four statements however many they are."""
    roles: dict[str, set[str]] = {}
    held = select(Person.email, Membership.role).join(Membership, Membership.person_id == Person.id)
    for email, role in db.session.execute(
        held.where(Membership.programme_id == programme_id, Person.email.in_(emails))
    ):
        roles.setdefault(email, set()).add(role)
    here = Member.programme_id == programme_id
    members = select(Person.email, Member, Person.disabled_at).join(Member, Member.person_id == Person.id)
    found = db.session.execute(members.where(here, Person.email.in_(emails))).all()
    numbers = select(Member.staff_number, Person.email).join(Person, Person.id == Member.person_id)
    invited = select(Invitation).where(Invitation.programme_id == programme_id, Invitation.email.in_(emails))
    open_ones = (Invitation.used_at.is_(None), Invitation.invited_at.is_not(None))
    return Known(
        {row[0]: row[1] for row in found},
        roles,
        {(row.email or "", row.role): row for row in db.session.scalars(invited.where(*open_ones))},
        {
            row[0] or "": row[1]
            for row in db.session.execute(numbers.where(here, Member.staff_number.in_(staff_numbers)))
        },
        frozenset(row[0] for row in found if row[2]),
    )


def list_without_email(
    programme_id: str, names: Collection[str], staff_numbers: Collection[str]
) -> list[tuple[str, str, str]]:
    """Return (sign-in name, name, staff number) of those without email whom some names or numbers may mean."""
    here = (Member.programme_id == programme_id, ~Person.email.contains("@"))
    called = or_(Person.display_name.in_(names), Person.joined_as.in_(names), Member.staff_number.in_(staff_numbers))
    members = select(Person.email, Person.display_name, Person.joined_as, Member.staff_number)
    members = members.join(Member, Member.person_id == Person.id).where(*here, called)
    asked = or_(Invitation.name.in_(names), Invitation.staff_number.in_(staff_numbers))
    invited = select(Invitation.email, Invitation.name, Invitation.staff_number).where(asked)
    invited = invited.where(Invitation.programme_id == programme_id, ~Invitation.email.contains("@"))
    found = []
    for email, name, joined_as, number in db.session.execute(members):
        found += [(email, name, number or ""), (email, joined_as, number or "")]
    return [*found, *((row[0] or "", row[1], row[2]) for row in db.session.execute(invited))]


def list_sign_in_names(import_id: str) -> list[str]:
    """Return the sign-in names that rows of a file have so far."""
    query = select(RosterRow.email).where(RosterRow.import_id == import_id, RosterRow.email != "")
    return list(db.session.scalars(query.where(~RosterRow.email.contains("@"))))


def list_old() -> list[str]:
    """Return the ids of imports that are no longer to be remembered: what nobody confirmed goes after a day."""
    draft = RosterImport.state.in_(("draft", "reading")) & (RosterImport.made_at < clock.now() - DRAFT_KEPT)
    ended = RosterImport.ended_at < clock.now() - IMPORT_KEPT
    return list(db.session.scalars(select(RosterImport.id).where(draft | ended)))


def list_about(email: str) -> Sequence[tuple[RosterImport, RosterRow]]:
    """Return the rows in which an address stands, with the import of each."""
    query = select(RosterImport, RosterRow).join(RosterRow, RosterRow.import_id == RosterImport.id)
    found = db.session.execute(query.where(RosterRow.email == email).order_by(RosterImport.made_at, RosterRow.number))
    return [(row[0], row[1]) for row in found]


def list_asked_by(person_id: str) -> Sequence[RosterImport]:
    """Return the imports that somebody sent."""
    query = select(RosterImport).where(RosterImport.asked_by == person_id)
    return db.session.scalars(query.order_by(RosterImport.made_at)).all()


def forget(import_ids: Collection[str]) -> None:
    """Delete imports with their rows."""
    db.session.execute(delete(RosterRow).where(RosterRow.import_id.in_(import_ids)))
    db.session.execute(delete(RosterImport).where(RosterImport.id.in_(import_ids)))


def forget_rows(import_id: str, most: int) -> int:
    """Delete up to so many rows of an import; return how many that were."""
    of_import = RosterRow.import_id == import_id
    some = select(RosterRow.number).where(of_import).order_by(RosterRow.number).limit(most)
    done: Any = db.session.execute(delete(RosterRow).where(of_import, RosterRow.number.in_(some)))
    return int(done.rowcount)


def forget_address(email: str) -> None:
    """Delete the rows in which an address stands."""
    db.session.execute(delete(RosterRow).where(RosterRow.email == email))
