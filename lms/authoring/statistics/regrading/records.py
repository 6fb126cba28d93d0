"""Proposals to mark earlier checks again, the scores before and after, and the checks that one concerns."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Select, String, UniqueConstraint, cast, delete, exists, func, or_, select, update
from sqlalchemy.orm import Mapped, aliased, mapped_column

from lms.accounts.records import Person
from lms.authoring.statistics.regrading.rules import Score
from lms.foundation import ids
from lms.foundation.db import Base, db
from lms.learning.progress.attempt_records import Answer, Attempt, Result
from lms.learning.progress.records import Enrolment

# A check that was passed and wouldn't be any more waits for a coordinator; what it was decided is one of these.
WAITING, KEPT, TAKEN, DONE = "waiting", "kept", "taken", "done"


class Regrade(Base):
    """A proposal to mark earlier checks again: by the key of a newer version (`digest`), or without the question.

    It is there once; a state of "proposed", "declined", "running" or "applied" says how far it is. `after_attempt` is
    the last check that was looked at.
    """

    __tablename__ = "regrade"
    __table_args__ = (UniqueConstraint("programme_id", "course_id", "question_id", "how", "digest"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    public_id: Mapped[str] = mapped_column(unique=True, default=ids.public_id)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"))
    course_id: Mapped[str]
    question_id: Mapped[str]
    how: Mapped[str]
    digest: Mapped[str]
    state: Mapped[str] = mapped_column(index=True)
    after_attempt: Mapped[str] = mapped_column(default="")
    proposed_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    decided_at: Mapped[datetime | None]


class RegradedResult(Base):
    """The score of a check before and after it was marked again; where a pass would be lost, what was decided."""

    __tablename__ = "regraded_result"
    regrade_id: Mapped[str] = mapped_column(ForeignKey("regrade.id"), primary_key=True)
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempt.id"), primary_key=True, index=True)
    right_before: Mapped[int]
    asked_before: Mapped[int]
    passed_before: Mapped[bool]
    right_after: Mapped[int]
    asked_after: Mapped[int]
    passed_after: Mapped[bool]
    decision: Mapped[str]
    at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)


@dataclass(frozen=True)
class SentCheck:
    """A check that was sent, its score and the answer to one question; `stored` is False once answers are deleted."""

    attempt_id: str
    enrolment_id: str
    person_id: str
    digest: str
    was: Score
    answer: Any = None
    stored: bool = True


@dataclass(frozen=True)
class Loss:
    """Somebody whose pass waits for a decision."""

    person_id: str
    public_id: str
    name: str
    attempt_id: str
    attempt: str


def _sent(programme_id: str, course_id: str) -> Select[Any]:
    """Return the query for checks of a course in a programme, in the order in which they were opened."""
    return (
        select(Attempt.id, Attempt.enrolment_id, Enrolment.person_id, Attempt.digest)
        .add_columns(Result.right, Result.asked, Result.passed)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .join(Result, Result.attempt_id == Attempt.id)
        .where(Enrolment.programme_id == programme_id, Enrolment.course_id == course_id)
        .order_by(Attempt.id)
    )


def list_with_question(
    programme_id: str, course_id: str, question_id: str, after: str = "", most: int | None = None, until: str = ""
) -> list[SentCheck]:
    """Return the checks that asked a question and weren't marked again for it, each with the answer to it."""
    answer = aliased(Answer)
    any_answer = exists().where(Answer.attempt_id == Attempt.id).correlate(Attempt)
    again = (
        exists()
        .where(RegradedResult.attempt_id == Attempt.id, RegradedResult.regrade_id == Regrade.id)
        .where(Regrade.question_id == question_id)
        .correlate(Attempt)
    )
    query = (
        _sent(programme_id, course_id)
        .add_columns(answer.value, or_(answer.attempt_id.is_not(None), any_answer))
        .outerjoin(answer, (answer.attempt_id == Attempt.id) & (answer.question_id == question_id))
        .where(Attempt.id > after, cast(Attempt.drawn, String).contains(f'"{question_id}"', autoescape=True), ~again)
        .limit(most)
    )
    query = query.where(Attempt.id < until) if until else query
    return [
        SentCheck(attempt, enrolment, person, digest, Score(*score), (value or {}).get("answer"), stored)
        for attempt, enrolment, person, digest, *score, value, stored in db.session.execute(query)
    ]


def count_scores(programme_id: str, course_id: str, since: str, until: str) -> list[tuple[str, Score, int]]:
    """Return how many checks between two ids had which score in which version, in one statement."""
    key = (Attempt.digest, Result.right, Result.asked, Result.passed)
    query = (
        select(*key, func.count())
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .join(Result, Result.attempt_id == Attempt.id)
        .where(Enrolment.programme_id == programme_id, Enrolment.course_id == course_id)
        .where(Attempt.id >= since, Attempt.id < until)
        .group_by(*key)
    )
    rows = db.session.execute(query)
    return [(digest, Score(right, asked, passed), people) for digest, right, asked, passed, people in rows]


def drawn_of(attempt_ids: Collection[str]) -> dict[str, list[str]]:
    """Return which questions some checks asked."""
    query = select(Attempt.id, Attempt.drawn).where(Attempt.id.in_(attempt_ids))
    return {row.id: row.drawn for row in db.session.execute(query)}


def answers_to(attempt_ids: Collection[str], question_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return what some checks answered to some questions."""
    query = select(Answer.attempt_id, Answer.question_id, Answer.value).where(
        Answer.attempt_id.in_(attempt_ids), Answer.question_id.in_(question_ids)
    )
    found: dict[str, dict[str, Any]] = {}
    for attempt_id, question_id, value in db.session.execute(query):
        found.setdefault(attempt_id, {})[question_id] = value.get("answer")
    return found


def find_same(programme_id: str, course_id: str, question_id: str, how: str, digest: str) -> Regrade | None:
    """Return the proposal that is there already for the same thing."""
    here = (Regrade.programme_id == programme_id, Regrade.course_id == course_id, Regrade.question_id == question_id)
    return db.session.scalar(select(Regrade).where(*here, Regrade.how == how, Regrade.digest == digest))


def find_regrade(programme_id: str, public_id: str) -> Regrade | None:
    """Return a programme's own proposal."""
    return db.session.scalar(
        select(Regrade).where(Regrade.programme_id == programme_id, Regrade.public_id == public_id)
    )


def get_regrade(regrade_id: str) -> Regrade:
    """Return a proposal."""
    return db.session.get_one(Regrade, regrade_id)


def list_regrades(programme_id: str, before: str, most: int) -> list[tuple[Regrade, int]]:
    """Return proposals of a programme, the newest first, each with how many passes wait for a decision."""
    waiting = (
        select(func.count())
        .where(RegradedResult.regrade_id == Regrade.id, RegradedResult.decision == WAITING)
        .scalar_subquery()
    )
    query = select(Regrade, waiting).where(Regrade.programme_id == programme_id).order_by(Regrade.id.desc())
    if before:
        start = aliased(Regrade)
        query = query.where(Regrade.id < select(start.id).where(start.public_id == before).scalar_subquery())
    rows = db.session.execute(query.limit(most))
    return [(regrade, count) for regrade, count in rows]


def list_running() -> list[str]:
    """Return the proposals that are being applied."""
    return list(db.session.scalars(select(Regrade.id).where(Regrade.state == "running")))


def find_regraded(regrade_id: str, attempt_id: str) -> RegradedResult | None:
    """Return how a check was marked again."""
    return db.session.get(RegradedResult, (regrade_id, attempt_id))


def find_waiting(regrade_id: str, attempt: str) -> RegradedResult | None:
    """Return a pass that waits for a decision, by the public id of its check."""
    query = select(RegradedResult).join(Attempt, Attempt.id == RegradedResult.attempt_id)
    here = (RegradedResult.regrade_id == regrade_id, RegradedResult.decision == WAITING)
    return db.session.scalar(query.where(*here, Attempt.public_id == attempt))


def count_decisions(regrade_id: str) -> dict[tuple[str, bool], int]:
    """Return how many results were marked again, by decision and by whether that made a pass of what was none."""
    gained = RegradedResult.passed_after & ~RegradedResult.passed_before
    query = select(RegradedResult.decision, gained, func.count()).where(RegradedResult.regrade_id == regrade_id)
    rows = db.session.execute(query.group_by(RegradedResult.decision, gained))
    return {(decision, bool(up)): count for decision, up, count in rows}


def list_losses(regrade_id: str, after: str = "", most: int | None = None) -> list[Loss]:
    """Return the people whose pass waits for a decision, in the order of their checks."""
    query = (
        select(Person.id, Person.public_id, Person.display_name, Attempt.id, Attempt.public_id)
        .select_from(RegradedResult)
        .join(Attempt, Attempt.id == RegradedResult.attempt_id)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(RegradedResult.regrade_id == regrade_id, RegradedResult.decision == WAITING)
        .order_by(Attempt.id)
        .limit(most)
    )
    if after:
        start = aliased(Attempt)
        query = query.where(Attempt.id > select(start.id).where(start.public_id == after).scalar_subquery())
    return [Loss(*row) for row in db.session.execute(query)]


def passed_elsewhere(attempt: Attempt) -> bool:
    """Return whether somebody passed with another check, of the same renewal where this one belongs to one."""
    others = (
        select(Result.attempt_id)
        .join(Attempt, Attempt.id == Result.attempt_id)
        .where(Attempt.enrolment_id == attempt.enrolment_id, Attempt.id != attempt.id, Result.passed)
        .where(Attempt.renewal_id.is_not_distinct_from(attempt.renewal_id))
    )
    return db.session.scalar(others.limit(1)) is not None


def list_own(person_id: str) -> list[tuple[str, Attempt, RegradedResult]]:
    """Return how somebody's checks were marked again, each with its course."""
    query = (
        select(Enrolment.course_id, Attempt, RegradedResult)
        .join(Attempt, Attempt.enrolment_id == Enrolment.id)
        .join(RegradedResult, RegradedResult.attempt_id == Attempt.id)
        .where(Enrolment.person_id == person_id)
        .order_by(Attempt.id)
    )
    return [(course_id, attempt, row) for course_id, attempt, row in db.session.execute(query)]


def list_by(person_id: str) -> list[Regrade]:
    """Return what somebody proposed or decided as staff."""
    mine = or_(Regrade.proposed_by == person_id, Regrade.decided_by == person_id)
    return list(db.session.scalars(select(Regrade).where(mine).order_by(Regrade.id)))


def count_decided_by(person_id: str) -> int:
    """Return about how many passes somebody decided as a coordinator."""
    mine = select(func.count()).select_from(RegradedResult).where(RegradedResult.decided_by == person_id)
    return db.session.scalar(mine) or 0


def remove_person(person_id: str) -> None:
    """Delete how somebody's checks were marked again, and take them out of what they did as staff."""
    mine = select(Attempt.id).join(Enrolment, Enrolment.id == Attempt.enrolment_id)
    theirs = RegradedResult.attempt_id.in_(mine.where(Enrolment.person_id == person_id))
    db.session.execute(delete(RegradedResult).where(theirs))
    for table, column in (
        (Regrade, Regrade.proposed_by),
        (Regrade, Regrade.decided_by),
        (RegradedResult, RegradedResult.decided_by),
    ):
        db.session.execute(update(table).where(column == person_id).values({column: None}))


def find_person_of(attempt: str) -> str | None:
    """Return whose a check is, by its public id."""
    query = select(Enrolment.person_id).join(Attempt, Attempt.enrolment_id == Enrolment.id)
    return db.session.scalar(query.where(Attempt.public_id == attempt))
