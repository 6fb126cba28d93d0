"""What learners do: begin a course, finish a lesson, answer and send a check, complete a practice conversation."""

from __future__ import annotations

import secrets
from collections import Counter
from typing import Any

from lms.content.course import Conversation, Course, End
from lms.foundation import clock, ids
from lms.foundation.db import db
from lms.foundation.events import announce
from lms.learning import records, rules
from lms.learning.events import (
    CheckOpened,
    CheckSubmitted,
    CoursePassed,
    Enrolled,
    LessonFinished,
    PracticeCompleted,
)
from lms.learning.records import Attempt, Enrolment, Result


def enrol(person_id: str, programme_id: str, course: Course) -> Enrolment:
    """Begin a course on its present line; beginning twice is beginning once."""
    known = records.find_enrolment(person_id, course.id, programme_id)
    if known:
        return known
    enrolment = Enrolment(
        id=ids.inner_id(),
        programme_id=programme_id,
        person_id=person_id,
        course_id=course.id,
        minor_line=course.minor_line,
        started_at=clock.now(),
    )
    db.session.add(enrolment)
    db.session.flush()
    announce(Enrolled(person_id, programme_id, enrolment.id, course.id))
    return enrolment


def finish_lesson(enrolment_id: str, lesson_id: str) -> None:
    """Finish a lesson; finishing it again changes nothing."""
    if records.keep_lesson_done(enrolment_id, lesson_id):
        enrolment = records.get_enrolment(enrolment_id)
        announce(LessonFinished(enrolment.person_id, enrolment.programme_id, enrolment_id))


def complete_practice(enrolment_id: str, conversation: Conversation, end: End) -> None:
    """Keep that a conversation came to an end, and nothing of what was chosen on the way."""
    if records.keep_practice(enrolment_id, conversation.id, rules.counts_as_done(conversation, end.good)):
        enrolment = records.get_enrolment(enrolment_id)
        announce(PracticeCompleted(enrolment.person_id, enrolment.programme_id, enrolment_id))


def open_check(enrolment_id: str, course: Course) -> Attempt:
    """Open the check on the bytes of a course; one that is open already is gone on with."""
    known = records.find_open_attempt(enrolment_id)
    if known:
        return known
    seen = Counter(records.list_drawn(enrolment_id))
    seed = secrets.randbits(62)
    attempt = Attempt(
        id=ids.inner_id(),
        public_id=ids.public_id(),
        enrolment_id=enrolment_id,
        open_for=enrolment_id,
        digest=course.digest,
        seed=str(seed),
        drawn=list(rules.draw(course, seen, seed)),
        opened_at=clock.now(),
    )
    db.session.add(attempt)
    db.session.flush()
    enrolment = records.get_enrolment(enrolment_id)
    announce(CheckOpened(enrolment.person_id, enrolment.programme_id, enrolment_id, attempt.id))
    return attempt


def save_answers(attempt_id: str, answers: dict[str, tuple[Any, int]]) -> dict[str, int]:
    """Keep answers with their revisions while the check is open; return the revisions that are kept now."""
    if records.find_result(attempt_id) is None:
        records.keep_answers(attempt_id, answers)
    saved = records.answers_of(attempt_id)
    return {question_id: saved.get(question_id, (None, 0))[1] for question_id in answers}


def submit_answers(attempt_id: str, course: Course, with_it: dict[str, tuple[Any, int]] | None = None) -> Result:
    """Send a check: grade it on the course it was opened on, once; a repeat gives the first result again.

    Answers that come with it are kept first, in the same write.
    """
    known = records.find_result(attempt_id)
    if known:
        return known
    records.keep_answers(attempt_id, with_it or {})
    attempt = db.session.get_one(Attempt, attempt_id)
    answers = {name: value for name, (value, _) in records.answers_of(attempt_id).items()}
    outcome = rules.grade_check(course, attempt.drawn, answers)
    result = records.keep_result(attempt, outcome.right, outcome.asked, outcome.passed)
    enrolment = records.get_enrolment(attempt.enrolment_id)
    told = (enrolment.person_id, enrolment.programme_id, enrolment.id, attempt.id)
    announce(CheckSubmitted(*told))
    if outcome.passed:
        announce(CoursePassed(*told))
    return result
