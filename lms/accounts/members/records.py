"""Units and members: one row for each person of a programme, with the keys by which lists sort and search in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column

from lms.accounts.records import Membership, Person, Programme, get_person
from lms.foundation import clock, ids
from lms.foundation.db import Base, db
from lms.foundation.statements.sql import only_where
from lms.foundation.text.collation import search_key, sort_key

# PostgreSQL would sort by the rules of its server; the keys are made to be compared character by character.
PLAIN_ORDER = String().with_variant(String(collation="C"), "postgresql")


class Unit(Base):
    """A ward, a team or a site of a programme; one with a parent is below it, and there are two levels."""

    __tablename__ = "unit"
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    public_id: Mapped[str] = mapped_column(unique=True, default=ids.public_id)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), index=True)
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"), index=True)
    name: Mapped[str]
    # The name as a search compares it; no two units beside each other share one.
    name_key: Mapped[str]
    created_at: Mapped[datetime]


class Member(Base):
    """A person in a programme, whatever roles they have there; the row stays when they leave, with the day.

    `search_key` holds name, address and staff number, each on a line; `sort_key` is the name alone, so people who
    share it are namesakes. `line_manager` is a name where the line manager has no account in the programme.
    """

    __tablename__ = "member"
    __table_args__ = (
        UniqueConstraint("programme_id", "staff_number"),
        Index("ix_member_order", "programme_id", "sort_key", "person_id"),
        Index("ix_member_left_at", "programme_id", "left_at", **only_where("left_at IS NOT NULL")),
    )
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"), index=True)
    staff_number: Mapped[str | None]
    line_manager_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    line_manager: Mapped[str] = mapped_column(default="", server_default="")
    search_key: Mapped[str]
    sort_key: Mapped[str] = mapped_column(PLAIN_ORDER)
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


def keys_of(name: str, email: str, staff_number: str | None) -> tuple[str, str]:
    """Return the search key and the sort key of somebody."""
    return "\n".join(search_key(part) for part in (name, email, staff_number or "")), sort_key(name, "en")[0]


def keep_member(person_id: str, programme_id: str) -> None:
    """Bring somebody's row of a programme in line with their roles: they joined, came back or left."""
    member = db.session.get(Member, (programme_id, person_id))
    has_role = db.session.scalar(
        select(exists().where(Membership.person_id == person_id, Membership.programme_id == programme_id))
    )
    if has_role and member is None:
        person = get_person(person_id)
        search, order = keys_of(person.display_name, person.email, None)
        member = Member(programme_id=programme_id, person_id=person_id, search_key=search, sort_key=order)
        member.joined_at = clock.now()
        db.session.add(member)
    elif has_role and member and member.left_at:
        member.joined_at, member.left_at = clock.now(), None
    elif not has_role and member and member.left_at is None:
        member.left_at = clock.now()
    db.session.flush()


def keep_keys(person_id: str) -> None:
    """Bring the keys of all of somebody's rows in line with their name, address and staff numbers."""
    person = get_person(person_id)
    for member in db.session.scalars(select(Member).where(Member.person_id == person_id)):
        member.search_key, member.sort_key = keys_of(person.display_name, person.email, member.staff_number)
    db.session.flush()


def _old_details(programme_id: str, before: datetime) -> tuple[ColumnElement[bool], ...]:
    noted = or_(
        Member.unit_id.is_not(None),
        Member.staff_number.is_not(None),
        Member.line_manager_id.is_not(None),
        Member.line_manager != "",
    )
    return (Member.programme_id == programme_id, Member.left_at < before, noted)


def count_old_details(programme_id: str, before: datetime) -> int:
    """Return of how many people who left a programme before a moment the unit, staff number or line manager is kept."""
    query = select(func.count()).select_from(Member)
    return db.session.scalar(query.where(*_old_details(programme_id, before))) or 0


def delete_details(programme_id: str, before: datetime, most: int) -> list[str]:
    """Delete unit, staff number and line manager of a batch of people who left; return of whom, by inner id."""
    query = select(Member, Person).join(Person, Person.id == Member.person_id)
    rows = db.session.execute(query.where(*_old_details(programme_id, before)).limit(most)).all()
    for member, person in rows:
        member.unit_id = member.staff_number = member.line_manager_id = None
        member.line_manager = ""
        member.search_key, member.sort_key = keys_of(person.display_name, person.email, None)
    db.session.flush()
    return [person.id for _member, person in rows]


def get_member(programme_id: str, person_id: str) -> Member:
    """Return somebody's row of a programme."""
    return db.session.get_one(Member, (programme_id, person_id))


def find_former(public_id: str, programme_id: str) -> tuple[Person, Member] | None:
    """Return somebody who left a programme, by the id that stands in addresses."""
    query = select(Person, Member).join(Member, Member.person_id == Person.id)
    here = (Person.public_id == public_id, Member.programme_id == programme_id, Member.left_at.is_not(None))
    row = db.session.execute(query.where(*here)).first()
    return (row[0], row[1]) if row else None


def list_memberships(person_id: str) -> Sequence[Member]:
    """Return somebody's rows, of all programmes."""
    return db.session.scalars(select(Member).where(Member.person_id == person_id).order_by(Member.joined_at)).all()


def forget_person(person_id: str) -> None:
    """Delete somebody's rows, and what others' rows say of them as a line manager."""
    db.session.execute(delete(Member).where(Member.person_id == person_id))
    db.session.execute(update(Member).where(Member.line_manager_id == person_id).values(line_manager_id=None))


def is_member(programme_id: str, person_id: str) -> bool:
    """Decide whether somebody is in a programme now."""
    member = db.session.get(Member, (programme_id, person_id))
    return member is not None and member.left_at is None


def find_by_staff_number(programme_id: str, staff_number: str) -> Member | None:
    """Return who has a staff number in a programme, or had it when they left."""
    here = (Member.programme_id == programme_id, Member.staff_number == staff_number)
    return db.session.scalar(select(Member).where(*here))


def is_last_coordinator(programme_id: str, person_id: str) -> bool:
    """Decide whether nobody else who can sign in coordinates a programme."""
    query = select(Person.id).join(Membership, Membership.person_id == Person.id)
    here = (Membership.programme_id == programme_id, Membership.role == "coordinator", Person.disabled_at.is_(None))
    return db.session.scalars(query.where(*here).limit(2)).all() == [person_id]


def list_coordinated_alone(person_id: str) -> list[Programme]:
    """Return the programmes that somebody coordinates and nobody else who can sign in does, by name."""
    other = aliased(Membership)
    others = (
        select(other.id)
        .join(Person, Person.id == other.person_id)
        .where(other.programme_id == Programme.id, other.role == "coordinator")
        .where(other.person_id != person_id, Person.disabled_at.is_(None))
    )
    query = select(Programme).join(Membership, Membership.programme_id == Programme.id)
    query = query.where(Membership.person_id == person_id, Membership.role == "coordinator", ~others.exists())
    return list(db.session.scalars(query.order_by(Programme.name)))


def is_same_name(name: str, other: str) -> bool:
    """Decide whether two names are written alike but for accents, capitals and punctuation."""
    return sort_key(name, "en")[0] == sort_key(other, "en")[0] != ""


def get_unit(unit_id: str) -> Unit:
    """Return a unit."""
    return db.session.get_one(Unit, unit_id)


def list_employers_in(unit_id: str) -> list[str]:
    """Return the names of the employers who see a unit and those below it, because they are in it."""
    query = select(Person.display_name).join(Member, Member.person_id == Person.id).where(Member.unit_id == unit_id)
    has_role = and_(Membership.person_id == Member.person_id, Membership.programme_id == Member.programme_id)
    query = query.join(Membership, has_role).where(Membership.role == "employer")
    return list(db.session.scalars(query.order_by(Person.display_name)))


def find_unit(public_id: str, programme_id: str) -> Unit | None:
    """Return the unit of a programme with an id that stands in addresses."""
    return db.session.scalar(select(Unit).where(Unit.public_id == public_id, Unit.programme_id == programme_id))


def list_units(programme_id: str) -> list[Unit]:
    """Return the units of a programme, by name."""
    return list(db.session.scalars(select(Unit).where(Unit.programme_id == programme_id).order_by(Unit.name_key)))


def count_people_by_unit(programme_id: str) -> dict[str | None, int]:
    """Return how many people with an open account each unit has now, by its inner id; None is for no unit."""
    here = (Member.programme_id == programme_id, Member.left_at.is_(None), Person.disabled_at.is_(None))
    query = select(Member.unit_id, func.count()).join(Person, Person.id == Member.person_id)
    return {row[0]: row[1] for row in db.session.execute(query.where(*here).group_by(Member.unit_id))}


def name_of_unit(unit_id: str | None) -> str:
    """Return the name of a unit, after that of the one above it; nothing for none."""
    unit = get_unit(unit_id) if unit_id else None
    above = get_unit(unit.parent_id) if unit and unit.parent_id else None
    return " / ".join(row.name for row in (above, unit) if row)


def name_of_line_manager(member: Member) -> str:
    """Return the name of somebody's line manager, with an account or without."""
    account = get_person(member.line_manager_id).display_name if member.line_manager_id else ""
    return account or member.line_manager


def find_place(programme_id: str, public_id: str) -> tuple[str, str] | None:
    """Return where somebody stands in the order of a programme's people; None for nobody."""
    query = select(Member.sort_key, Member.person_id).join(Person, Person.id == Member.person_id)
    row = db.session.execute(query.where(Member.programme_id == programme_id, Person.public_id == public_id)).first()
    return (row[0], row[1]) if row else None


def unit_of(programme_id: str, person_id: str) -> tuple[str | None, str]:
    """Return the inner id and the name of the unit somebody is in."""
    member = get_member(programme_id, person_id)
    return member.unit_id, name_of_unit(member.unit_id)


def unit_with_those_below(unit_id: str) -> list[str]:
    """Return the inner ids of a unit and of those below it."""
    return [unit_id, *db.session.scalars(select(Unit.id).where(Unit.parent_id == unit_id))]
