"""Names on certificates: requests for another name, and names that coordinators confirmed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from lms.certification.awards.records import Award
from lms.foundation.db import Base, db
from lms.library.course_cache import for_staff


class NameRequest(Base):
    """A holder asks for their certificate in another name; the row goes when it is answered."""

    __tablename__ = "name_request"
    award_id: Mapped[str] = mapped_column(ForeignKey("award.id"), primary_key=True)
    name: Mapped[str]
    asked_at: Mapped[datetime]


class NameConfirmation(Base):
    """A coordinator confirmed that somebody known under another name in a programme has this one on certificates.

    The name is kept as names are compared, without case, marks and spaces.
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


def list_confirmed_names(programme_id: str, person_ids: Collection[str]) -> set[tuple[str, str]]:
    """Return (person, name as names are compared) of what coordinators of a programme confirmed for some people."""
    query = select(NameConfirmation.person_id, NameConfirmation.name)
    query = query.where(NameConfirmation.programme_id == programme_id, NameConfirmation.person_id.in_(person_ids))
    return {(row[0], row[1]) for row in db.session.execute(query)}
