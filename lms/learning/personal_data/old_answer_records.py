"""Queries of answers to checks of long ago, on the whole site or in one programme."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, tuple_

from lms.foundation import ids
from lms.foundation.db import db, run
from lms.learning.progress.attempt_records import Answer, Attempt
from lms.learning.progress.records import Enrolment


def _old(before: datetime, programme_id: str | None) -> list[ColumnElement[bool]]:
    """Return which answers are to checks that were opened, and last answered, before a moment.

    Ids of attempts sort by time, so that what is old is found by the primary key however many answers there are.
    """
    lowest = ids.lowest_at(before.timestamp())
    old = [Answer.attempt_id < lowest, Answer.saved_at < before]
    if programme_id is None:
        return old
    theirs = select(Attempt.id).join(Enrolment, Enrolment.id == Attempt.enrolment_id)
    return [*old, Answer.attempt_id.in_(theirs.where(Enrolment.programme_id == programme_id, Attempt.id < lowest))]


def delete_answers(before: datetime, most: int, programme_id: str | None = None) -> int:
    """Delete a batch of answers to checks of before a moment, and return how many."""
    keys = select(Answer.attempt_id, Answer.question_id).where(*_old(before, programme_id)).limit(most)
    return run(delete(Answer).where(tuple_(Answer.attempt_id, Answer.question_id).in_(keys)), {}).rowcount


def count_answers(before: datetime, programme_id: str) -> tuple[int, int]:
    """Return how many answers of a programme are to checks of before a moment, and how many checks those are."""
    query = select(func.count(), func.count(Answer.attempt_id.distinct())).select_from(Answer)
    answers, checks = db.session.execute(query.where(*_old(before, programme_id))).one()
    return answers, checks
