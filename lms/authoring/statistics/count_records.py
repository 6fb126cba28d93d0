"""Counts of what people chose in checks, without names: held back, and released with each tenth person."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ForeignKey, Select, false, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from lms.authoring.statistics.cell_rules import LEAST
from lms.authoring.statistics.item_rules import Sums
from lms.foundation.db import Base, db
from lms.learning.progress.attempt_records import Answer, Attempt, Result
from lms.learning.progress.records import Enrolment
from lms.library.records import Offering

# Counters of a question that are no choices of it; no choice has such a key.
RIGHT, REST, REST_SQUARED, REST_OF_RIGHT = "=right", "=rest", "=rest-squared", "=rest-of-right"

# The key of one text of a question: programme, course, question and the digest of the text.
TextKey = tuple[str, str, str, str]


class QuestionTally(Base):
    """How many people of a programme answered one text of a question, each counted once, without names.

    `since` is the rank of the first version in which somebody met this text, `right_key` the one right choice of a
    question that has just one.
    """

    __tablename__ = "question_tally"
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    course_id: Mapped[str] = mapped_column(primary_key=True)
    question_id: Mapped[str] = mapped_column(primary_key=True)
    text_sha: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[int]
    right_key: Mapped[str | None]
    held: Mapped[int] = mapped_column(default=0)
    released: Mapped[int] = mapped_column(default=0)


class QuestionCount(Base):
    """A counter of one text of a question: a choice, or a sum that its correlation needs."""

    __tablename__ = "question_count"
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    course_id: Mapped[str] = mapped_column(primary_key=True)
    question_id: Mapped[str] = mapped_column(primary_key=True)
    text_sha: Mapped[str] = mapped_column(primary_key=True)
    counter: Mapped[str] = mapped_column(primary_key=True)
    held: Mapped[int] = mapped_column(default=0)
    released: Mapped[int] = mapped_column(default=0)


@dataclass(frozen=True)
class SentCheck:
    """A check that was sent, as counting needs it."""

    attempt_id: str
    enrolment_id: str
    programme_id: str
    course_id: str
    digest: str
    drawn: list[str]


@dataclass(frozen=True)
class Released:
    """What came out of one text of a question: people, and each counter."""

    text_sha: str
    since: int
    people: int
    right_key: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def sums(self) -> Sums:
        """Return what the correlation needs."""
        names = (RIGHT, REST, REST_SQUARED, REST_OF_RIGHT)
        return Sums(self.people, *(self.counts.get(name, 0) for name in names))


_SENT = (
    select(Attempt.id, Attempt.enrolment_id, Enrolment.programme_id, Enrolment.course_id, Attempt.digest, Attempt.drawn)
    .join(Result, Result.attempt_id == Attempt.id)
    .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
)


def list_uncounted(most: int) -> list[SentCheck]:
    """Return checks that were sent and not counted yet, the oldest first."""
    query = _SENT.where(Result.counted == false()).order_by(Result.attempt_id).limit(most)
    return [SentCheck(*row) for row in db.session.execute(query)]


def counted_before(enrolment_ids: Collection[str]) -> list[SentCheck]:
    """Return the checks of some people that are counted already."""
    query = _SENT.where(Attempt.enrolment_id.in_(enrolment_ids), Result.counted)
    return [SentCheck(*row) for row in db.session.execute(query)]


def still_uncounted(attempt_ids: Collection[str]) -> list[str]:
    """Return which of some checks nobody counted meanwhile."""
    query = select(Result.attempt_id).where(Result.attempt_id.in_(attempt_ids), Result.counted == false())
    return list(db.session.scalars(query))


def mark_counted(attempt_ids: Collection[str]) -> None:
    """Note that checks were counted."""
    db.session.execute(update(Result).where(Result.attempt_id.in_(attempt_ids)).values(counted=True))


def answers_of(attempt_ids: Collection[str]) -> dict[str, dict[str, object]]:
    """Return the answers of checks that are still stored, by check and question."""
    found: dict[str, dict[str, object]] = {}
    query = select(Answer.attempt_id, Answer.question_id, Answer.value).where(Answer.attempt_id.in_(attempt_ids))
    for attempt_id, question_id, value in db.session.execute(query):
        found.setdefault(attempt_id, {})[question_id] = value.get("answer")
    return found


class Counting:
    """The counters of some courses in some programmes, read once and written with the session."""

    def __init__(self, courses: Iterable[tuple[str, str]]) -> None:
        self._tallies: dict[TextKey, QuestionTally] = {}
        self._counters: dict[TextKey, dict[str, QuestionCount]] = {}
        for programme_id, course_id in sorted(set(courses)):
            for tally in db.session.scalars(_of_course(QuestionTally, programme_id, course_id)):
                self._tallies[_key_of(tally)] = tally
            for row in db.session.scalars(_of_course(QuestionCount, programme_id, course_id)):
                self._counters.setdefault(_key_of(row), {})[row.counter] = row

    def add(self, key: TextKey, since: int, right_key: str | None, counts: Mapping[str, int]) -> None:
        """Count one person; call it once for each person and text. The tenth brings out what was held back."""
        tally = self._tallies.get(key) or self._new_tally(key, since, right_key)
        tally.since = min(tally.since, since)
        tally.held += 1
        counters = self._counters.setdefault(key, {})
        for name, value in counts.items():
            row = counters.get(name) or self._new_counter(key, name)
            row.held += value
        if tally.held == LEAST:
            tally.held, tally.released = 0, tally.released + tally.held
            for row in counters.values():
                row.held, row.released = 0, row.released + row.held

    def _new_tally(self, key: TextKey, since: int, right_key: str | None) -> QuestionTally:
        row = QuestionTally(**_values(key), since=since, right_key=right_key, held=0, released=0)
        db.session.add(row)
        self._tallies[key] = row
        return row

    def _new_counter(self, key: TextKey, name: str) -> QuestionCount:
        row = QuestionCount(**_values(key), counter=name, held=0, released=0)
        db.session.add(row)
        self._counters[key][name] = row
        return row


def _key_of(row: QuestionTally | QuestionCount) -> TextKey:
    return row.programme_id, row.course_id, row.question_id, row.text_sha


def _values(key: TextKey) -> dict[str, str]:
    return dict(zip(("programme_id", "course_id", "question_id", "text_sha"), key, strict=True))


def _of_course(table: Any, programme_id: str, course_id: str) -> Select[Any]:
    return select(table).where(table.programme_id == programme_id, table.course_id == course_id)


def list_released(programme_id: str, course_id: str) -> dict[str, list[Released]]:
    """Return what came out of the questions of a programme's course, the newest text first, in two statements."""
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for row in db.session.scalars(_of_course(QuestionCount, programme_id, course_id)):
        counts.setdefault((row.question_id, row.text_sha), {})[row.counter] = row.released
    found: dict[str, list[Released]] = {}
    tallies = _of_course(QuestionTally, programme_id, course_id).where(QuestionTally.released > 0)
    for row in db.session.scalars(tallies.order_by(QuestionTally.since.desc())):
        its = counts.get((row.question_id, row.text_sha), {})
        released = Released(row.text_sha, row.since, row.released, row.right_key, its)
        found.setdefault(row.question_id, []).append(released)
    return found


def count_people(programme_id: str) -> dict[str, int]:
    """Return by course how many people of a programme answered its most answered question, as far as that came out."""
    query = select(QuestionTally.course_id, func.max(QuestionTally.released))
    rows = db.session.execute(query.where(QuestionTally.programme_id == programme_id).group_by(QuestionTally.course_id))
    return {course_id: people for course_id, people in rows if people}


def list_courses(programme_id: str) -> list[str]:
    """Return the courses that a programme offers, in its order, and those that it offered and has figures of."""
    offered = select(Offering.course_id).where(Offering.programme_id == programme_id).order_by(Offering.position)
    counted = select(QuestionTally.course_id).where(QuestionTally.programme_id == programme_id).distinct()
    return list(dict.fromkeys((*db.session.scalars(offered), *db.session.scalars(counted))))
