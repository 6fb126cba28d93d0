"""Suggests the number of a new version from what differs: patch, minor or major, with the reasons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from lms.content.comparison.compare import Difference
from lms.content.model.course import Course
from lms.content.model.question import Question

Step: TypeAlias = Literal["patch", "minor", "major"]
STEPS: tuple[Step, ...] = ("patch", "minor", "major")
# Above this share of the lessons, people who know the course would call it another one.
_MUCH = 0.5
# Above this share of the words of a lesson, it says something else.
_REWRITTEN = 0.2


@dataclass(frozen=True)
class Reason:
    """Why a step is suggested: the code of a reason, and how many pieces it counts; 0 where it is one fact."""

    step: Step
    code: str
    count: int = 0


@dataclass(frozen=True)
class Suggestion:
    """The smallest step that is fair to the people in the middle of the course and to those who completed it."""

    step: Step
    reasons: tuple[Reason, ...]


def suggest(known: Course, newest: Course, differences: Sequence[Difference]) -> Suggestion:
    """Return the step that the difference asks for, with the reasons for that step."""
    reasons = [*_major(known, newest, differences), *_minor(known, newest, differences)]
    step: Step = next((step for step in ("major", "minor") if any(one.step == step for one in reasons)), "patch")
    return Suggestion(step, tuple(reason for reason in reasons if reason.step == step))


def _major(known: Course, newest: Course, differences: Sequence[Difference]) -> Iterator[Reason]:
    old, new = known.criteria, newest.criteria
    if {one.id: one.text for one in known.objectives} != {one.id: one.text for one in newest.objectives}:
        yield Reason("major", "objectives")
    if (
        new.score > old.score
        or new.practice_required > old.practice_required
        or new.observed_practice > old.observed_practice
        or new.lessons_required > old.lessons_required
    ):
        yield Reason("major", "asks for more")
    if replace(known.certificate, design="") != replace(newest.certificate, design=""):
        yield Reason("major", "certificate")
    touched = sum(one.kind == "lesson" and _is_rewritten(one) for one in differences)
    if touched > _MUCH * len(known.lessons):
        yield Reason("major", "most lessons", touched)


def _minor(known: Course, newest: Course, differences: Sequence[Difference]) -> Iterator[Reason]:
    for kind in ("lesson", "conversation", "question"):
        for state in ("added", "removed"):
            count = sum(one.kind == kind and one.state == state for one in differences)
            if count:
                yield Reason("minor", f"{kind} {state}", count)
    rewritten = sum(one.kind == "lesson" and one.state == "changed" and _is_rewritten(one) for one in differences)
    if rewritten:
        yield Reason("minor", "lesson rewritten", rewritten)
    keys = sum(
        _key_of(known.question_by_id[id_]) != _key_of(newest.question_by_id[id_]) for id_ in _in_both(known, newest)
    )
    if keys:
        yield Reason("minor", "key", keys)
    if known.criteria != newest.criteria:
        yield Reason("minor", "asks for something else")
    if count := _heavier(known, newest):
        yield Reason("minor", "content notes", count)


def _in_both(known: Course, newest: Course) -> set[str]:
    return known.question_by_id.keys() & newest.question_by_id.keys()


def _key_of(question: Question) -> object:
    """Return which answers of a question are right, in their order, and what it counts for."""
    options = getattr(question.body, "options", ())
    return question.body.kind, question.critical, tuple(option.right for option in options)


def _heavier(known: Course, newest: Course) -> int:
    """Return how many lessons bring a topic that their content note didn't name before."""
    return sum(
        bool(set(lesson.content_note.topics) - set(known.lesson_by_id[lesson.id].content_note.topics))
        for lesson in newest.lessons
        if lesson.id in known.lesson_by_id
    )


def _is_rewritten(one: Difference) -> bool:
    """Decide whether a lesson is new, or so much of it differs that whoever read it would want to read it again."""
    if one.state == "added":
        return True
    letters = dict.fromkeys(("same", "added", "removed"), 0)
    for row in one.rows:
        for run in row.runs:
            letters[run.state] += len(run.text)
    differing = max(letters["added"], letters["removed"])
    return one.state == "changed" and differing > _REWRITTEN * (letters["same"] + differing)
