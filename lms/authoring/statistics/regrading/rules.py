"""Marking checks again: by a corrected key, without one question, or by another pass mark. Nothing is changed here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from lms.content.model.question import Question
from lms.content.questions import grade

How: TypeAlias = Literal["key", "out"]
Move: TypeAlias = Literal["up", "down", "same", "unknown"]


@dataclass(frozen=True)
class Score:
    """What came of a check: how many were right, of how many, and whether that is a pass."""

    right: int
    asked: int
    passed: bool


@dataclass(frozen=True)
class OneQuestion:
    """A question in a check as it was marked, and as it would be now; `after` is None when it doesn't count."""

    before: bool
    after: bool | None
    critical: bool


def needed(score: int, asked: int) -> int:
    """Return how many have to be right for a score in per cent, rounded up as the check does."""
    return -(-score * asked // 100)


def rescore(was: Score, score: int, question: OneQuestion | None = None) -> Score:
    """Return a score by a pass mark and without, or with another marking of, one question.

    Safety questions are taken to be right but for this one: whoever passed had them right. Of somebody who didn't, that
    has to be asked of their answers.
    """
    right, asked, safe = was.right, was.asked, True
    if question is not None:
        right += (question.after or False) - question.before
        asked -= question.after is None
        safe = not question.critical or question.after is not False
    return Score(right, asked, asked > 0 and right >= needed(score, asked) and safe)


def move_of(was: Score, now: Score, safe: bool | None) -> Move:
    """Return which way somebody would move; `safe`: whether all other safety questions were right, None if unknown."""
    if was.passed == now.passed:
        return "same"
    if was.passed:
        return "down"
    return "unknown" if safe is None else "up" if safe else "same"


def all_safe(questions: Iterable[Question], answers: dict[str, Any], without: str) -> bool:
    """Return whether every safety question but one was right."""
    return all(grade(q, answers.get(q.id)).right for q in questions if q.critical and q.id != without)
