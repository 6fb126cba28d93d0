"""Evidence of observed practice: who saw it, on which day, and one word of four; never what was said in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, false, select
from sqlalchemy.orm import Mapped, mapped_column

from lms.accounts.records import Person
from lms.certification.awards.rules import held_back
from lms.foundation import ids
from lms.foundation.db import Base, db
from lms.foundation.statements.prepared import find_copy
from lms.learning.progress.records import Enrolment
from lms.library.course_cache import for_staff


class Observation(Base):
    """A practice that somebody observed; it stands behind one certificate at most, and counts until it is undone.

    `observer_id` is the observer's account. Without one, `pending` holds until a second person has confirmed the
    observer; rows from before that rule have neither, and count.
    """

    __tablename__ = "observation"
    __table_args__ = (Index("ix_observation_pending", "programme_id", "pending", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    public_id: Mapped[str] = mapped_column(unique=True, default=ids.public_id)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), index=True)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"), index=True)
    observer: Mapped[str]
    observer_role: Mapped[str]
    observer_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    pending: Mapped[bool] = mapped_column(default=False, server_default=false())
    confirmed_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    seen_on: Mapped[date]
    rating: Mapped[str]
    recorded_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undone_reason: Mapped[str | None]
    award_id: Mapped[str | None] = mapped_column(ForeignKey("award.id"))


class ReadinessRule(Base):
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
    return _that_count(list_observations(enrolment_id))


def is_held_back(enrolment_id: str) -> bool:
    """Decide whether the last practice that counts could have done harm, and no certificate rests on it."""
    return held_back([row.rating for row in list_open(enrolment_id)])


def _that_count(rows: Iterable[Observation]) -> list[Observation]:
    """Leave out what was undone, what a certificate rests on, and what waits to be confirmed.

    What could have done harm does not wait: it holds a certificate back from the moment it is recorded.
    """
    return [
        row
        for row in rows
        if row.undone_at is None and row.award_id is None and (not row.pending or row.rating == "harmful")
    ]


def list_pending(programme_id: str, by: str, most: int) -> list[tuple[Observation, str]]:
    """Return the oldest records whose observer a second person can confirm, each with the learner's name.

    Whoever recorded one, or whom it is about, isn't that second person.
    """
    query = (
        select(Observation, Person.display_name)
        .join(Enrolment, Enrolment.id == Observation.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Observation.programme_id == programme_id, Observation.pending, Observation.undone_at.is_(None))
        .where(Enrolment.person_id != by, Observation.recorded_by.is_distinct_from(by))
    )
    rows = db.session.execute(for_staff(query, Enrolment.course_id).order_by(Observation.id).limit(most))
    return [(row, name) for row, name in rows]


def list_observed(programme_id: str) -> list[str]:
    """Return the enrolments of a programme for which some practice was observed."""
    query = select(Observation.enrolment_id).where(Observation.programme_id == programme_id)
    return list(db.session.scalars(query.distinct().order_by(Observation.enrolment_id)))


def asked_by_programme(programme_id: str, course_id: str) -> int:
    """Return how many observed practices a programme itself asks for in a course."""
    row = find_copy(ReadinessRule, programme_id, course_id)
    return row.observations if row else 0
