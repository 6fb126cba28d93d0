"""Queries of the check: an attempt with everything that belongs to it in one statement, and what is stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, literal_column, select, update

from lms.accounts.records import Programme
from lms.accounts.rules import Visitor
from lms.accounts.session_records import VISITOR, VISITOR_COLUMNS, as_visitor
from lms.foundation import clock, ids
from lms.foundation.db import copy_of, db
from lms.foundation.statements.prepared import first_row, run_prepared
from lms.foundation.statements.sql import json_rows
from lms.learning.progress.attempt_records import Answer, Attempt, Result
from lms.learning.progress.records import Enrolment, upsert

Saved = dict[str, tuple[Any, int]]

_attempt, _answer, _result = Attempt.__table__, Answer.__table__, Result.__table__
_enrolment, _programme = Enrolment.__table__, Programme.__table__
_ATTEMPT, _RESULT = _attempt.c.keys(), _result.c.keys()

_ALL_SAVED = select(json_rows(_answer.c.question_id, _answer.c.value, _answer.c.revision))
_SAVED = _ALL_SAVED.where(_answer.c.attempt_id == _attempt.c.id).correlate(_attempt).scalar_subquery()
_STORED_COLUMNS = (*_attempt.c, *_result.c, _enrolment.c.person_id, _enrolment.c.programme_id, _SAVED)
_STORED = (
    select(*_STORED_COLUMNS)
    .join_from(_attempt, _enrolment, _enrolment.c.id == _attempt.c.enrolment_id)
    .outerjoin(_result, _result.c.attempt_id == _attempt.c.id)
    .where(_attempt.c.id == bindparam("attempt"))
)


@dataclass(frozen=True)
class StoredAttempt:
    """An attempt with its owner, result and saved answers; its rows are copies, never written back."""

    attempt: Attempt
    result: Result | None
    person_id: str
    programme_id: str
    saved: Saved


def _as_stored(columns: tuple[Any, ...]) -> StoredAttempt:
    middle = len(_ATTEMPT) + len(_RESULT)
    row, result_row = columns[: len(_ATTEMPT)], columns[len(_ATTEMPT) : middle]
    person_id, programme_id, saved = columns[middle:]
    result = copy_of(Result, dict(zip(_RESULT, result_row, strict=True))) if result_row[0] else None
    return StoredAttempt(
        copy_of(Attempt, dict(zip(_ATTEMPT, row, strict=True))), result, person_id, programme_id, _as_saved(saved)
    )


def _as_saved(rows: Iterable[Sequence[Any]] | None) -> Saved:
    return {name: (value["answer"], revision) for name, value, revision in rows or ()}


def get_stored(attempt_id: str) -> StoredAttempt:
    """Return an attempt with everything that belongs to it, in one statement of the current write."""
    [row] = run_prepared(_STORED, {"attempt": attempt_id})
    return _as_stored(row)


_past, _past_result = _attempt.alias(), _result.alias()
_SENT = (
    select(func.count())
    .select_from(_past.join(_past_result, _past_result.c.attempt_id == _past.c.id))
    .where(_past.c.enrolment_id == _attempt.c.enrolment_id)
    .correlate(_attempt)
)
_OF_ITS_KIND = _SENT.where(_past.c.renewal_id.is_not_distinct_from(_attempt.c.renewal_id))
_PASSED_ON = _SENT.with_only_columns(json_rows(_past.c.digest)).where(_past_result.c.passed)
# The enrolment tells whose it is: an attempt of somebody else comes without one.
_IS_MINE = and_(_enrolment.c.id == _attempt.c.enrolment_id, _enrolment.c.person_id == VISITOR_COLUMNS[0])
_OPEN_ATTEMPT = (
    VISITOR.add_columns(
        *_STORED_COLUMNS,
        _programme.c.id,
        _programme.c.facts,
        _OF_ITS_KIND.scalar_subquery(),
        _PASSED_ON.scalar_subquery(),
    )
    .outerjoin(_attempt, _attempt.c.public_id == bindparam("attempt"))
    .outerjoin(_enrolment, _IS_MINE)
    .outerjoin(_result, _result.c.attempt_id == _attempt.c.id)
    .outerjoin(_programme, _programme.c.id == _enrolment.c.programme_id)
)


@dataclass(frozen=True)
class OwnAttempt:
    """Somebody's own attempt, with their programme's facts, the number of attempts sent and the versions passed."""

    stored: StoredAttempt
    facts: dict[str, Any]
    attempts: int
    passed_on: tuple[str, ...]


def open_attempt(token_sha256: str | None, public_id: str) -> tuple[Visitor | None, OwnAttempt | None]:
    """Return the visitor and, if it is theirs, an attempt with everything its pages need, in one statement."""
    marks = {"mark": token_sha256, "attempt": public_id}
    row = first_row(_OPEN_ATTEMPT, marks) if token_sha256 else None
    visitor = as_visitor(row)
    if visitor is None or row is None:
        return None, None
    *columns, programme_id, facts, attempts, passed_on = row[len(VISITOR_COLUMNS) :]
    if facts is None:
        return visitor, None
    stored = _as_stored(tuple(columns))
    if stored.result is None and programme_id not in visitor.roles:
        # Whoever has left the programme reads the results they have, and sends no more checks.
        return visitor, None
    return visitor, OwnAttempt(stored, facts, attempts, tuple(digest for [digest] in passed_on or ()))


_CHECKS = (
    select(_enrolment.c.person_id, _enrolment.c.programme_id, *_attempt.c)
    .outerjoin_from(_enrolment, _attempt, _attempt.c.enrolment_id == _enrolment.c.id)
    .where(_enrolment.c.id == bindparam("enrolment"))
)


@dataclass(frozen=True)
class Checks:
    """The owner of an enrolment and its attempts, oldest first; copies, never written back."""

    person_id: str
    programme_id: str
    attempts: tuple[Attempt, ...]

    def open_for(self, key: str) -> Attempt | None:
        """Return the attempt that is open for an enrolment or a renewal."""
        return next((attempt for attempt in self.attempts if attempt.open_for == key), None)


def get_checks(enrolment_id: str) -> Checks:
    """Return the attempts of an enrolment, in one statement."""
    rows = run_prepared(_CHECKS, {"enrolment": enrolment_id})
    attempts = tuple(copy_of(Attempt, dict(zip(_ATTEMPT, row[2:], strict=True))) for row in rows if row[2])
    return Checks(rows[0][0], rows[0][1], attempts)


_SAVED_OF = select(_answer.c.question_id, _answer.c.value, _answer.c.revision).where(
    _answer.c.attempt_id == bindparam("attempt")
)


def answers_of(attempt_id: str) -> Saved:
    """Return saved answers with their revisions, by question id."""
    return _as_saved(db.session.execute(_SAVED_OF, {"attempt": attempt_id}))


_ADD_ATTEMPT, _ADD_RESULT = insert(_attempt), insert(_result)  # type: ignore[arg-type]
# What an update returns leaves out the names of tables; a query in it names its attempt itself.
_ITS_ID: Any = literal_column("attempt.id")
_ITS_ENROLMENT: Any = literal_column("attempt.enrolment_id")
_OWNER, _ITS_PROGRAMME = (
    select(column).where(_enrolment.c.id == _ITS_ENROLMENT).scalar_subquery()
    for column in (_enrolment.c.person_id, _enrolment.c.programme_id)
)
_CLOSE = (
    update(_attempt)  # type: ignore[arg-type]
    .where(_attempt.c.id == bindparam("attempt"), _attempt.c.open_for.is_not(None))
    .values(open_for=None)
    .returning(
        _attempt.c.enrolment_id,
        _attempt.c.drawn,
        _OWNER,
        _ITS_PROGRAMME,
        _ALL_SAVED.where(_answer.c.attempt_id == _ITS_ID).scalar_subquery(),
    )
)


@dataclass(frozen=True)
class Closed:
    """An attempt that has just been closed: its enrolment, questions, owner and saved answers."""

    enrolment_id: str
    drawn: list[str]
    person_id: str
    programme_id: str
    saved: Saved


def close(attempt_id: str) -> Closed | None:
    """Close an attempt and return what its grading needs, in one statement; None when it was closed before."""
    rows = run_prepared(_CLOSE, {"attempt": attempt_id})
    if not rows:
        return None
    enrolment_id, drawn, person_id, programme_id, saved = rows[0]
    return Closed(enrolment_id, drawn, person_id, programme_id, _as_saved(saved))


def add_attempt(enrolment_id: str, digest: str, seed: int, drawn: list[str], renewal_id: str | None = None) -> Attempt:
    """Store a new, open attempt."""
    row = {
        "id": ids.inner_id(),
        "public_id": ids.public_id(),
        "enrolment_id": enrolment_id,
        "open_for": renewal_id or enrolment_id,
        "digest": digest,
        "seed": str(seed),
        "drawn": drawn,
        "opened_at": clock.now(),
        "renewal_id": renewal_id,
    }
    run_prepared(_ADD_ATTEMPT, row)
    return copy_of(Attempt, row)


def store_answers(attempt_id: str, answers: Saved) -> None:
    """Store answers with their revisions, each unless a higher revision is stored already."""
    now = clock.now()
    rows = [
        {
            "attempt_id": attempt_id,
            "question_id": question_id,
            "value": {"answer": value},
            "revision": revision,
            "saved_at": now,
        }
        for question_id, (value, revision) in answers.items()
    ]
    if rows:
        run_prepared(upsert(Answer, ("attempt_id", "question_id"), db.engine.dialect.name, newer_only=True), rows)


def add_result(attempt_id: str, right: int, asked: int, passed: bool) -> Result:
    """Store the result of an attempt."""
    result_row = {"attempt_id": attempt_id, "right": right, "asked": asked, "passed": passed, "at": clock.now()}
    result_row["counted"] = False
    run_prepared(_ADD_RESULT, result_row)
    return copy_of(Result, result_row)


_RESULT_OF = select(_result).where(_result.c.attempt_id == bindparam("attempt"))


def get_result(attempt_id: str) -> Result:
    """Return the result of an attempt that was sent."""
    [row] = run_prepared(_RESULT_OF, {"attempt": attempt_id})
    return copy_of(Result, dict(zip(_RESULT, row, strict=True)))
