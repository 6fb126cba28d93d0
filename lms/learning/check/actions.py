"""Starting an attempt at the check, saving answers, and submitting them."""

from __future__ import annotations

import secrets
from collections import Counter

from lms.content.model.course import Course
from lms.foundation.events import announce
from lms.learning.check import records as check_records
from lms.learning.check.records import Saved
from lms.learning.progress import rules
from lms.learning.progress.attempt_records import Attempt, Result
from lms.learning.progress.events import (
    CheckOpened,
    CheckSubmitted,
    CoursePassed,
)
from lms.learning.progress.renewal_records import find_renewal
from lms.learning.progress.renewal_rules import RenewalScope


def open_check(
    enrolment_id: str, course: Course, scope: RenewalScope | None = None, country: str | None = None
) -> tuple[Attempt, Saved]:
    """Start an attempt on this version of a course, or find the open one; return it with its saved answers.

    While somebody renews, `scope` says what that asks for, and the check is the shorter one that belongs to it.
    `country` is the programme's, for questions about one country's law.
    """
    checks = check_records.get_checks(enrolment_id)
    renewal = find_renewal(enrolment_id) if scope else None
    known = checks.open_for(renewal.id if renewal else enrolment_id)
    if known:
        return known, check_records.answers_of(known.id)
    seen = Counter(name for attempt in checks.attempts for name in attempt.drawn)
    seed = secrets.randbits(62)
    among, most = (scope.questions, scope.draw) if scope and renewal else (None, None)
    drawn = list(rules.draw(course, seen, seed, among, most, country))
    attempt = check_records.add_attempt(enrolment_id, course.digest, seed, drawn, renewal.id if renewal else None)
    announce(CheckOpened(checks.person_id, checks.programme_id, enrolment_id, attempt.id))
    return attempt, {}


def save_answers(attempt_id: str, answers: Saved) -> dict[str, int]:
    """Save answers with their revisions while the attempt is open; return the revisions that are saved now."""
    stored = check_records.get_stored(attempt_id)
    saved = stored.saved if stored.result else _store_newer(attempt_id, stored.saved, answers)
    return {question_id: saved.get(question_id, (None, 0))[1] for question_id in answers}


def _store_newer(attempt_id: str, saved: Saved, answers: Saved) -> Saved:
    """Save answers whose revision is higher than the saved one; return all saved answers.

    Of two tabs that were opened on the same revision, the second one does not overwrite the first.
    """
    newer = {name: new for name, new in answers.items() if new[1] > saved.get(name, (None, 0))[1]}
    check_records.store_answers(attempt_id, newer)
    return saved | newer


def submit_answers(attempt_id: str, course: Course, with_it: Saved | None = None) -> Result:
    """Grade an attempt once, on the version it was started on; when repeated, return the first result.

    Answers that come with it are saved first, in the same write.
    """
    closed = check_records.close(attempt_id)
    if closed is None:
        return check_records.get_result(attempt_id)
    answers = {name: value for name, (value, _) in _store_newer(attempt_id, closed.saved, with_it or {}).items()}
    outcome = rules.grade_check(course, closed.drawn, answers)
    result = check_records.add_result(attempt_id, outcome.right, outcome.asked, outcome.passed)
    ids = (closed.person_id, closed.programme_id, closed.enrolment_id, attempt_id)
    announce(CheckSubmitted(*ids))
    if outcome.passed:
        announce(CoursePassed(*ids))
    return result
