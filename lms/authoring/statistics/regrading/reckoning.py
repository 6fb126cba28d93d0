"""What marking again would do to checks that were sent; nothing is changed here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lms.authoring.statistics.regrading import records
from lms.authoring.statistics.regrading.key_rules import can_read_by, mark_by
from lms.authoring.statistics.regrading.records import SentCheck
from lms.authoring.statistics.regrading.rules import (
    Move,
    OneQuestion,
    Score,
    all_safe,
    move_of,
    rescore,
)
from lms.content.model.course import Course
from lms.content.questions import grade
from lms.library.course_cache import get_course

# SQLite takes so many values in one list, and more.
IN_LIST = 500


@dataclass(frozen=True)
class Mend:
    """What is marked in another way: a question by the key of a version, or not at all."""

    question_id: str
    by_key: bool
    version: Course


@dataclass(frozen=True)
class Counts:
    """How many results would change, of how many; of the uncertain ones the answers are gone that would tell."""

    checks: int = 0
    up: int = 0
    down: int = 0
    unknown: int = 0


def reckon(checks: Sequence[SentCheck], mend: Mend) -> list[tuple[SentCheck, Score, Move]]:
    """Return for each check that a mend concerns its new score, and which way it would move."""
    scored = [(check, now) for check in checks if (now := _rescored(check, mend))]
    doubtful = [check for check, now in scored if check.stored and now.passed and not check.was.passed]
    safe = _safe(doubtful, mend.question_id)
    found: list[tuple[SentCheck, Score, Move]] = []
    for check, now in scored:
        move: Move = move_of(check.was, now, safe.get(check.attempt_id)) if check.stored else "unknown"
        found.append((check, Score(now.right, now.asked, check.was.passed if move == "same" else now.passed), move))
    return found


def _rescored(check: SentCheck, mend: Mend) -> Score | None:
    """Return the new score of a check, or None where it was marked like that already, or can't be."""
    course = get_course(check.digest)
    old = course.question_by_id[mend.question_id]
    after = None
    if mend.by_key:
        new = mend.version.question_by_id.get(mend.question_id)
        if new is None or not can_read_by(old, new):
            return None
        after = mark_by(new, old, check.answer)
    return rescore(check.was, course.criteria.score, OneQuestion(grade(old, check.answer).right, after, old.critical))


def _safe(checks: Sequence[SentCheck], without: str) -> dict[str, bool]:
    """Return whether all safety questions but one were right, by check."""
    found: dict[str, bool] = {}
    for some in _portions(checks):
        ids = [check.attempt_id for check in some]
        drawn = records.drawn_of(ids)
        critical = {q.id for check in some for q in get_course(check.digest).questions if q.critical}
        answers = records.answers_to(ids, critical)
        for check in some:
            course = get_course(check.digest)
            asked = [course.question_by_id[name] for name in drawn[check.attempt_id]]
            found[check.attempt_id] = all_safe(asked, answers.get(check.attempt_id, {}), without)
    return found


def _portions(checks: Sequence[SentCheck]) -> Iterator[Sequence[SentCheck]]:
    for start in range(0, len(checks), IN_LIST):
        yield checks[start : start + IN_LIST]


def count_moves(checks: Sequence[SentCheck], mend: Mend) -> Counts:
    """Return how many checks a mend would move which way."""
    moves = [move for _check, _now, move in reckon(checks, mend)]
    return Counts(len(moves), moves.count("up"), moves.count("down"), moves.count("unknown"))


def count_with_pass_mark(programme_id: str, course_id: str, since: str, until: str, score: int) -> tuple[Counts, bool]:
    """Return how many checks another pass mark would move, and whether `up` may be too high.

    Whether somebody who didn't pass had all safety questions right isn't looked up for each check. So where a course
    has safety questions, fewer may move up than are counted.
    """
    checks = up = down = 0
    safety = False
    for digest, was, people in records.count_scores(programme_id, course_id, since, until):
        course = get_course(digest)
        now = rescore(was, score)
        # With enough right and no pass, a safety question was missed; another mark changes nothing about that.
        missed = not was.passed and rescore(was, course.criteria.score).passed
        checks += people
        down += people * (was.passed and not now.passed)
        up += people * (now.passed and not was.passed and not missed)
        safety = safety or any(question.critical for question in course.questions)
    return Counts(checks, up, down), safety
