"""Evidence of observed practice: who saw it, on which day, and one word of four; never what was said in it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation import ids
from lms.foundation.db import Base, db


class Observation(Base):
    """A practice that somebody observed; it stands behind one certificate at most, and counts until it is undone."""

    __tablename__ = "observation"
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    public_id: Mapped[str] = mapped_column(unique=True, default=ids.public_id)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), index=True)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"), index=True)
    observer: Mapped[str]
    observer_role: Mapped[str]
    seen_on: Mapped[date]
    rating: Mapped[str]
    recorded_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undone_reason: Mapped[str | None]
    award_id: Mapped[str | None] = mapped_column(ForeignKey("award.id"))


class Readiness(Base):
    """How many observed practices a programme asks for in a course before somebody is ready to practise."""

    __tablename__ = "readiness"
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    course_id: Mapped[str] = mapped_column(primary_key=True)
    observations: Mapped[int]


def find_observation(public_id: str) -> Observation | None:
    """Return what was recorded under an id."""
    return db.session.scalar(select(Observation).where(Observation.public_id == public_id))


def list_observations(enrolment_id: str) -> list[Observation]:
    """Return all that was recorded for an enrolment, the earliest practice first; what was undone is among it."""
    query = select(Observation).where(Observation.enrolment_id == enrolment_id)
    return list(db.session.scalars(query.order_by(Observation.seen_on, Observation.id)))


def list_open(enrolment_id: str) -> list[Observation]:
    """Return what was recorded for an enrolment, counts, and stands behind no certificate yet."""
    return [row for row in list_observations(enrolment_id) if row.undone_at is None and row.award_id is None]


def list_observed(programme_id: str) -> list[str]:
    """Return the enrolments of a programme for which some practice was observed."""
    query = select(Observation.enrolment_id).where(Observation.programme_id == programme_id)
    return list(db.session.scalars(query.distinct().order_by(Observation.enrolment_id)))


def asked_by_programme(programme_id: str, course_id: str) -> int:
    """Return how many observed practices a programme itself asks for in a course."""
    row = db.session.get(Readiness, (programme_id, course_id))
    return row.observations if row else 0
