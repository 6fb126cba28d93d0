"""Names on certificates: requests for another name, and names that coordinators confirmed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, and_, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from lms.accounts.records import Person, Programme
from lms.certification.awards.records import Award
from lms.certification.awards.rules import plain_name
from lms.foundation.db import Base, db
from lms.foundation.statements.prepared import find_copy
from lms.library.course_cache import for_staff


class NameRequest(Base):
    """A holder asks for their certificate in another name; the row goes when it is answered."""

    __tablename__ = "name_request"
    award_id: Mapped[str] = mapped_column(ForeignKey("award.id"), primary_key=True)
    name: Mapped[str]
    asked_at: Mapped[datetime]


class NameConfirmation(Base):
    """A coordinator confirmed that somebody known under another name in a programme has this one on certificates.

    The name is kept as names are compared, without case, accents and spaces.
    """

    __tablename__ = "name_confirmation"
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    confirmed_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime]


def find_name_request(award_id: str) -> NameRequest | None:
    """Return what a holder asked for, while nobody has answered."""
    return db.session.get(NameRequest, award_id)


def list_name_requests(programme_id: str) -> list[tuple[NameRequest, Award]]:
    """Return a programme's open requests for another name, the oldest first."""
    query = select(NameRequest, Award).join(Award, Award.id == NameRequest.award_id)
    query = for_staff(query.where(Award.programme_id == programme_id), Award.course_id)
    rows = db.session.execute(query.order_by(NameRequest.asked_at))
    return [(request, award) for request, award in rows]


def find_confirmation_of(award: Award) -> datetime | None:
    """Return when a certificate's programme confirmed the name on it."""
    return find_confirmation(award.programme_id, award.person_id, award.name)


def may_print(programme: Programme, person_id: str, name: str) -> bool:
    """Decide whether a certificate may be issued in a name; a programme can ask for names to be confirmed first."""
    asks = programme.facts.get("confirm_names") == "yes"
    return not (asks and name) or find_confirmation(programme.id, person_id, name) is not None


def list_unconfirmed(programme_id: str, person_id: str) -> list[Award]:
    """Return somebody's certificates in a programme that nobody has confirmed the name on."""
    query = select(Award).where(Award.programme_id == programme_id, Award.person_id == person_id)
    return list(db.session.scalars(query.where(Award.name_confirmed_at.is_(None), Award.name != "")))


def find_confirmation(programme_id: str, person_id: str, name: str) -> datetime | None:
    """Return when a programme confirmed one of somebody's names."""
    found = find_copy(NameConfirmation, programme_id, person_id, plain_name(name))
    return found.confirmed_at if found else None


def list_confirmed_names(programme_id: str, person_ids: Collection[str]) -> set[tuple[str, str]]:
    """Return (person, name as names are compared) of what coordinators of a programme confirmed for some people."""
    query = select(NameConfirmation.person_id, NameConfirmation.name)
    query = query.where(NameConfirmation.programme_id == programme_id, NameConfirmation.person_id.in_(person_ids))
    return {(row[0], row[1]) for row in db.session.execute(query)}


def list_waiting_of_person(person_id: str) -> list[Award]:
    """Return somebody's certificates that wait for a name to be confirmed."""
    return list(db.session.scalars(select(Award).where(Award.person_id == person_id, _waits())))


def list_waiting_names(programme_id: str, most: int, after: str = "") -> list[tuple[Award, Person]]:
    """Return a programme's certificates that wait for their names, with their holders, oldest first."""
    query = select(Award, Person).join(Person, Person.id == Award.person_id)
    query = for_staff(query.where(Award.programme_id == programme_id, _waits()), Award.course_id)
    rows = db.session.execute(query.where(Award.id > after).order_by(Award.name_waits_since, Award.id).limit(most))
    return [(award, person) for award, person in rows]


def count_waiting_names(programme_id: str, reader_id: str) -> int:
    """Return how many certificates of a programme wait for names that a coordinator can confirm, so not their own."""
    query = select(func.count()).select_from(Award).where(Award.programme_id == programme_id, _waits())
    return db.session.scalar(for_staff(query.where(Award.person_id != reader_id), Award.course_id)) or 0


def list_waiting_codes(programme_id: str, codes: Collection[str]) -> list[Award]:
    """Return which of these certificates of a programme wait for their names, oldest first."""
    query = select(Award).where(Award.programme_id == programme_id, Award.code.in_(codes), _waits())
    return list(db.session.scalars(for_staff(query, Award.course_id).order_by(Award.id)))


def list_waiting_unasked(most: int) -> list[Award]:
    """Return certificates that wait for their names although their programme no longer asks for that."""
    asks = Programme.facts["confirm_names"].as_string()
    query = select(Award).join(Programme, Programme.id == Award.programme_id)
    query = query.where(_waits(), or_(asks.is_(None), asks != "yes"))
    return list(db.session.scalars(query.order_by(Award.name_waits_since, Award.id).limit(most)))


def _waits() -> ColumnElement[bool]:
    return and_(Award.name_waits_since.is_not(None), Award.name != "")
