"""Rules of the check and of progress: drawing and grading questions, and what is still to do."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Literal

from lms.content.model.conversation import Conversation
from lms.content.model.course import Course, Criteria, Lesson
from lms.content.model.question import Question
from lms.content.questions import Graded, grade
from lms.foundation.dates import add_months

EquivalentKind = Literal["talked", "written", "elsewhere", "waived"]
EQUIVALENT_KINDS: tuple[EquivalentKind, ...] = ("talked", "written", "elsewhere", "waived")
PRIOR_MONTHS = 24


@dataclass(frozen=True)
class Progress:
    """How far somebody is: lessons, conversations that count, whether the check was passed, and how many were sent.

    What is met only because it was recorded as met in another way stands among them, and once more by itself;
    so do lessons that the learner said they know already.
    """

    lessons: frozenset[str] = frozenset()
    practised: frozenset[str] = frozenset()
    passed: bool = False
    attempts: int = 0
    lessons_otherwise: frozenset[str] = frozenset()
    practised_otherwise: frozenset[str] = frozenset()
    lessons_known: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Requirement:
    """One thing the certificate asks for, and how far it is met."""

    kind: Literal["lessons", "check", "safety", "practice"]
    met: bool
    done: int
    needed: int


@dataclass(frozen=True)
class Outcome:
    """A graded attempt: two integers, whether every safety question is right, and each question's grading."""

    right: int
    asked: int
    needed: int
    safety_right: bool
    graded: tuple[tuple[Question, Graded], ...]

    @property
    def passed(self) -> bool:
        """True when enough is right, and every safety question."""
        return self.right >= self.needed and self.safety_right


def _lots(seed: int, use: str, names: Collection[str]) -> dict[str, bytes]:
    """Return each name's lot under a seed, all of them out of one hash."""
    made = hashlib.shake_256(f"{seed}\0{use}\0{' '.join(names)}".encode()).digest(8 * len(names))
    return {name: made[8 * place : 8 * place + 8] for place, name in enumerate(names)}


def _fewest(left: Mapping[str, tuple[str, ...]], counts: Mapping[str, int]) -> str:
    """Return the first name with an objective that fewest have; one that nobody has ends the search."""
    found, fewest = "", -1
    for name, objectives in left.items():
        times = min([counts[objective] for objective in objectives], default=0)
        if fewest < 0 or times < fewest:
            found, fewest = name, times
        if not times:
            break
    return found


def draw(
    course: Course,
    seen: Mapping[str, int],
    seed: int,
    among: Collection[str] | None = None,
    most: int | None = None,
    country: str | None = None,
) -> tuple[str, ...]:
    """Choose a check's questions: one of each critical group, then the rest, the least seen first.

    Every objective that has a question left gets one before any objective gets a second. The same seed and
    the same history give the same attempt. Renewing draws fewer, `most`, and `among` some questions alone.
    A question about one country's law is drawn only where that is the programme's `country` (its two-letter code).
    """
    most = course.criteria.draw if most is None else most
    pool = [
        question
        for question in course.questions
        if question.drawable
        and (among is None or question.id in among)
        and (question.everywhere or question.jurisdiction == country)
    ]
    lots = _lots(seed, "draw", [question.id for question in pool])
    order = sorted(pool, key=lambda question: (seen.get(question.id, 0), lots[question.id]))
    drawn: list[Question] = []
    groups: set[str] = set()
    for question in order:
        group = question.group or question.id
        if question.critical and group not in groups:
            groups.add(group)
            drawn.append(question)
    counts = Counter(dict.fromkeys((name for question in pool for name in question.objectives), 0))
    counts.update(name for question in drawn for name in question.objectives)
    rest = [question for question in order if not question.critical]
    for _times, equal in groupby(rest, key=lambda question: seen.get(question.id, 0)):
        left = {question.id: question.objectives for question in equal}
        while left and len(drawn) < most:
            fewest = _fewest(left, counts)
            drawn.append(course.question_by_id[fewest])
            counts.update(left.pop(fewest))
    names = [question.id for question in drawn]
    return tuple(sorted(names, key=_lots(seed, "order", names).__getitem__))


def needed_right(criteria: Criteria, asked: int) -> int:
    """Return how many of the drawn questions have to be right: the score's share, rounded up."""
    return -(-criteria.score * asked // 100)


def check_minutes(asked: int) -> int:
    """Return about how long a check takes without hurrying: a minute and a half a question."""
    return -(-3 * asked // 2)


def grade_check(course: Course, drawn: Collection[str], answers: Mapping[str, Any]) -> Outcome:
    """Grade a check; a question without an answer counts as not right."""
    questions = [course.question_by_id[name] for name in drawn]
    graded = tuple((question, grade(question, answers.get(question.id))) for question in questions)
    return Outcome(
        right=sum(result.right for _, result in graded),
        asked=len(graded),
        needed=needed_right(course.criteria, len(graded)),
        safety_right=all(result.right for question, result in graded if question.critical),
        graded=graded,
    )


def oldest_prior(today: date, months: int = PRIOR_MONTHS) -> date:
    """Return the first day on which something can have been learned elsewhere to stand for a part of a course."""
    return add_months(today, -months)


def prior_months(facts: Mapping[str, Any]) -> int:
    """Return for how many months what was learned elsewhere counts in a programme."""
    return int(facts.get("prior_months") or PRIOR_MONTHS)


def equivalent_items(course: Course) -> tuple[tuple[str, str, str], ...]:
    """Return (item, id, title) of what a coordinator may record as met in another way; the check never is."""
    conversations = course.conversations if practice_needed(course) else ()
    lessons = course.lessons if course.criteria.lessons_required else ()
    return (
        *(("practice", conversation.id, conversation.title) for conversation in conversations),
        *(("lesson", lesson.id, lesson.title) for lesson in lessons),
    )


def counts_as_done(conversation: Conversation, end_is_good: bool) -> bool:
    """Decide whether an end completes a conversation."""
    return end_is_good or conversation.must_reach == "any"


def practice_needed(course: Course) -> int:
    """Return how many conversations are asked for, never more than there are."""
    return min(course.criteria.practice_required, len(course.conversations))


def requirements_of(course: Course, progress: Progress) -> tuple[Requirement, ...]:
    """Return everything the certificate asks for, in the order in which it is shown."""
    asked: list[Requirement] = []
    finished = len(progress.lessons & course.lesson_by_id.keys())
    if course.criteria.lessons_required:
        asked.append(Requirement("lessons", finished >= len(course.lessons), finished, len(course.lessons)))
    if practice_needed(course):
        done = len(progress.practised & course.conversation_by_id.keys())
        asked.append(Requirement("practice", done >= practice_needed(course), done, practice_needed(course)))
    asked.append(Requirement("check", progress.passed, int(progress.passed), 1))
    if any(question.critical for question in course.questions):
        asked.append(Requirement("safety", progress.passed, int(progress.passed), 1))
    return tuple(asked)


def minutes_done(course: Course, progress: Progress) -> int:
    """Return about how long what was done takes: the lessons that were read, the conversations played, the check."""
    read = progress.lessons - progress.lessons_otherwise - progress.lessons_known
    played = progress.practised - progress.practised_otherwise
    left_out = sum(lesson.minutes for lesson in course.lessons if lesson.id not in read)
    left_out += sum(conversation.minutes for conversation in course.conversations if conversation.id not in played)
    return course.minutes - left_out


def everything_is_done(course: Course, progress: Progress) -> bool:
    """Decide whether a learner has met all that the certificate asks for."""
    return all(item.met for item in requirements_of(course, progress))


def missing_facts(course: Course, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the facts of its programme that a course waits for before anybody can begin it."""
    return tuple(name for name in course.needs_facts if not facts.get(name))


def lessons_for(course: Course, question: Question) -> tuple[Lesson, ...]:
    """Return the lessons that help with a question: those that share most of its objectives, if any does."""
    shared = {lesson.id: len({*lesson.objectives} & {*question.objectives}) for lesson in course.lessons}
    most = max(shared.values(), default=0)
    return tuple(lesson for lesson in course.lessons if most and shared[lesson.id] == most)


def lessons_to_revisit(course: Course, outcome: Outcome) -> tuple[tuple[str, bool], ...]:
    """Return the lessons that may help after a check, with True where a safety question leads there.

    Each question that was not right leads to the lessons that help with it, and nothing else does.
    """
    found: dict[str, bool] = {}
    for question, result in outcome.graded:
        if result.right:
            continue
        for lesson in lessons_for(course, question):
            found[lesson.id] = found.get(lesson.id, False) or question.critical
    return tuple((lesson.id, found[lesson.id]) for lesson in course.lessons if lesson.id in found)
