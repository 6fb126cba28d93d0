"""Exporting and deleting what somebody learned."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update

from lms.foundation.db import db
from lms.foundation.events import announce
from lms.foundation.personal_data import Remains
from lms.learning.check.refreshers import OWN_TABLES as REFRESHER_TABLES
from lms.learning.personal_data.export import export
from lms.learning.personal_data.notice import stored_data
from lms.learning.personal_data.old_answer_records import delete_answers
from lms.learning.practice.records import Run
from lms.learning.progress.attempt_records import Answer, Attempt, Result
from lms.learning.progress.equivalents import Equivalent
from lms.learning.progress.events import OldAnswersDeleted
from lms.learning.progress.records import Enrolment, LessonDone, PracticeDone
from lms.learning.progress.renewal_records import Renewal

__all__ = ["erase", "export", "stored_data"]


def erase(person_id: str, remains: Remains) -> None:
    """Delete somebody's learning records; an enrolment row that a certificate relies on stays."""
    mine = select(Enrolment.id).where(Enrolment.person_id == person_id)
    attempts = select(Attempt.id).where(Attempt.enrolment_id.in_(mine))
    for table in (Answer, Result):
        db.session.execute(delete(table).where(table.attempt_id.in_(attempts)))
    for of_enrolment in (Attempt, Renewal, LessonDone, PracticeDone, Equivalent, Run):
        db.session.execute(delete(of_enrolment).where(of_enrolment.enrolment_id.in_(mine)))
    for spaced in REFRESHER_TABLES:
        db.session.execute(delete(spaced).where(spaced.person_id == person_id))
    # What a coordinator recorded for others stands; only who it was is no longer told.
    db.session.execute(update(Equivalent).where(Equivalent.recorded_by == person_id).values(recorded_by=None))
    gone = Enrolment.id.not_in(remains.enrolments)
    db.session.execute(delete(Enrolment).where(Enrolment.person_id == person_id, gone))


def delete_old_answers(before: datetime, most: int, programme_id: str | None = None) -> int:
    """Delete one batch of answers to checks of long ago, and return how many; attempts and results stay.

    With a programme, only answers of its people go, because it keeps them for a shorter time than the site.
    """
    deleted = delete_answers(before, most, programme_id)
    if deleted:
        announce(OldAnswersDeleted(deleted, before.date(), programme_id))
    return deleted
