"""Attempts at the check, their saved answers and their results."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, bindparam, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.accounts.notifications.preferences import Choices
from lms.foundation import ids
from lms.foundation.db import Base, db


class Attempt(Base):
    """One go at the check, bound to the bytes it was opened on; `open_for` is unique, so one is open at a time.

    One that belongs to a renewal is open for that, and stands beside a check that was open before.
    """

    __tablename__ = "attempt"
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    public_id: Mapped[str] = mapped_column(unique=True, default=ids.public_id)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"), index=True)
    open_for: Mapped[str | None] = mapped_column(unique=True)
    digest: Mapped[str]
    seed: Mapped[str]
    drawn: Mapped[list[str]]
    opened_at: Mapped[datetime]
    renewal_id: Mapped[str | None]


class Answer(Base):
    """A saved answer, as position ids; a lower revision never replaces a higher one."""

    __tablename__ = "answer"
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    question_id: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]
    revision: Mapped[int]
    saved_at: Mapped[datetime]


class Result(Base):
    """What came of an attempt: its key makes a second submission impossible.

    `counted` says that the figures of its questions hold it. What waits for that is found by an index of its own.
    `regraded_at` says that it was marked again; the score before that is stored there.
    """

    __tablename__ = "result"
    __table_args__ = (
        Index(
            "ix_result_uncounted",
            "attempt_id",
            sqlite_where=text("counted = 0"),
            postgresql_where=text("counted = false"),
        ),
    )
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    right: Mapped[int]
    asked: Mapped[int]
    passed: Mapped[bool]
    at: Mapped[datetime]
    counted: Mapped[bool] = mapped_column(default=False)
    regraded_at: Mapped[datetime | None]


def count_uncounted() -> tuple[int, datetime | None]:
    """Return how many results the figures of questions don't hold yet, and since when the first of them waits."""
    query = select(func.count(), func.min(Result.at)).where(Result.counted.is_(False))
    row = db.session.execute(query).one()
    return row[0], row[1]


def get_attempt(attempt_id: str) -> Attempt:
    """Return an attempt."""
    return db.session.get_one(Attempt, attempt_id)


def find_open_attempt(open_for: str) -> Attempt | None:
    """Return the attempt that is open for an enrolment, or for a renewal."""
    return db.session.scalar(select(Attempt).where(Attempt.open_for == open_for))


def list_open_attempts(enrolment_ids: Collection[str]) -> list[tuple[Attempt, datetime]]:
    """Return the open checks of some enrolments, each with when its learner last saved an answer or opened it."""
    query = (
        select(Attempt, func.max(Answer.saved_at))
        .outerjoin(Answer, Answer.attempt_id == Attempt.id)
        .where(Attempt.enrolment_id.in_(enrolment_ids), Attempt.open_for.is_not(None))
        .group_by(Attempt.id)
    )
    return [(attempt, saved_at or attempt.opened_at) for attempt, saved_at in db.session.execute(query)]


def wants_check_on_one_page(person_id: str) -> bool:
    """Return whether somebody chose to see all questions of a check on one page."""
    choices = db.session.get(Choices, person_id)
    return choices is not None and choices.check_at_once


def list_results(enrolment_id: str) -> list[tuple[Attempt, Result]]:
    """Return submitted attempts with their results, the newest first."""
    query = select(Attempt, Result).join(Result, Result.attempt_id == Attempt.id)
    rows = db.session.execute(query.where(Attempt.enrolment_id == enrolment_id).order_by(Attempt.id.desc()))
    return [(attempt, result) for attempt, result in rows]


# The version on which somebody first passed the whole check.
FIRST_PASS = (
    select(Attempt.__table__.c.digest)
    .join(Result.__table__, Result.__table__.c.attempt_id == Attempt.__table__.c.id)
    .where(
        Attempt.__table__.c.enrolment_id == bindparam("enrolment"),
        Attempt.__table__.c.renewal_id.is_(None),
        Result.__table__.c.passed,
    )
    .order_by(Attempt.__table__.c.id)
    .limit(1)
)


def list_passed_digests(enrolment_id: str) -> list[str]:
    """Return the versions on which somebody passed the check."""
    query = select(Attempt.digest).join(Result, Result.attempt_id == Attempt.id)
    return list(db.session.scalars(query.where(Attempt.enrolment_id == enrolment_id, Result.passed).distinct()))
