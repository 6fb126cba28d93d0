"""The courses that ship with Sidelight: one ladder, checked facts, no check that blind guessing passes."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from lms.content.model.course import Course
from lms.content.model.question import Option, Question
from lms.content.questions import grade
from lms.content.questions.one_answer import OneAnswer
from lms.content.questions.several_answers import SeveralAnswers
from lms.learning.progress.rules import draw, needed_right
from tests.builders.content import COURSES, shipped

FOLDERS = sorted(path.parent for path in COURSES.glob("*/course.md"))
QUESTIONS_ASKED = (
    "Have you thought about how you might do it? You don’t have to tell me the details.",
    "Have you thought about when?",
    "Have you chosen or prepared anything for it, or is it within reach?",
    "Have you ever acted on thoughts like these? When was that?",
    "Do you feel able to stay safe tonight? And what about the days after, such as after the weekend?",
)
STEPS = (
    "Thoughts of suicide, without intent, plan or time, nothing chosen or prepared, and the person feels able to stay"
    " safe tonight",
    "Listen. Link them today with help that they choose. Agree when you’ll next speak. Consult {{lead}} today, without"
    " a name unless your programme says otherwise.",
    "Intent, a plan, a time, or means chosen or prepared; or they acted on such thoughts in the last three months",
    "Stay. Call {{emergency}} or a crisis line together now. Tell {{lead}} who it is, and tell the person that you’re"
    " doing so.",
    "You can’t tell, or the answers leave you unsure",
    "Do the same as for the row above.",
)
TAUGHT_IN = (
    "psychological-first-aid/4-help-and-link/3-when-it-is-more-than-pfa.md",
    "psychological-first-aid/4-help-and-link/3-when-it-is-more-than-pfa.gentle.md",
    "active-listening/4-the-whole-conversation/3-hearing-danger.md",
    "active-listening/4-the-whole-conversation/3-hearing-danger.gentle.md",
    "confidentiality-and-boundaries/2-limits/1-danger-to-self.md",
    "confidentiality-and-boundaries/2-limits/1-danger-to-self.gentle.md",
)
# What would contradict the ladder: a nurse always has means, and no single question decides.
AGAINST_IT = re.compile(
    r"\b(?:has|have|had|got) (?:the )?means\b(?! at work)|\bmeans (?:to|at) hand\b"
    r"|\bone (?:more )?question (?:tells|decides|is enough)\b",
    re.IGNORECASE,
)
WARM = re.compile(
    r"\b(?:thank|sorry|care|glad|together|gently|kind|warm|dear|hug|love|proud|brave|understand|support|reassur)",
    re.IGNORECASE,
)


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda folder: folder.name)
def course(request: pytest.FixtureRequest) -> Course:
    folder: Path = request.param
    found = shipped(folder.name).course
    assert found is not None
    return found


def test_the_ladder_is_taught_in_the_same_words_everywhere() -> None:
    missing = []
    for path in sorted(COURSES.rglob("*.md")):
        text = " ".join(path.read_text("utf-8").replace("\n> ", "\n").split())
        taught = path.relative_to(COURSES).as_posix() in TAUGHT_IN
        # What has the first question as a list has all five; what has the first cell of the table has all of it.
        for part, begins in ((QUESTIONS_ASKED, f"1. “{QUESTIONS_ASKED[0]}”"), (STEPS, f"| {STEPS[0]} |")):
            if taught or begins in text:
                missing += [(str(path.relative_to(COURSES)), sentence) for sentence in part if sentence not in text]
    assert missing == []


def test_no_passage_contradicts_the_ladder() -> None:
    against = [
        f"{path.relative_to(COURSES)}: {found.group()}"
        for path in COURSES.rglob("*.md")
        for found in AGAINST_IT.finditer(" ".join(path.read_text("utf-8").split()))
    ]
    assert against == []


def test_every_fact_has_been_checked_and_every_objective_is_asked_three_times(course: Course) -> None:
    texts = [path for path in (COURSES / course.id).rglob("*.md") if "[^unchecked]" in path.read_text("utf-8")]
    asked = [
        name
        for question in course.questions
        if question.drawable and question.everywhere
        for name in question.objectives
    ]
    assert texts == []
    assert {one.id: asked.count(one.id) for one in course.objectives if asked.count(one.id) < 3} == {}


@cache
def _length(option: Option) -> int:
    return len(re.sub(r"<[^>]*>", "", option.text))


@cache
def _warmth(option: Option) -> int:
    return len(WARM.findall(option.text))


GUESSERS: dict[str, Callable[[Option], float]] = {
    "shortest": lambda option: -_length(option),
    "longest": _length,
    "kindest": _warmth,
    "first": lambda option: 0,
}


def _guess(question: Question, value: Callable[[Option], float], dice: random.Random) -> bool:
    body = question.body
    if not isinstance(body, OneAnswer | SeveralAnswers):
        return False
    shown = list(body.options) if question.fixed else dice.sample(body.options, len(body.options))
    best = sorted(shown, key=value, reverse=True)
    taken = best[:1] if isinstance(body, OneAnswer) else best[: -(-len(best) // 2)]
    answer = [option.id for option in taken]
    return grade(question, answer[0] if isinstance(body, OneAnswer) else answer).right


def test_a_blind_guesser_passes_no_check_in_a_thousand_attempts(course: Course) -> None:
    passed = dict.fromkeys(GUESSERS, 0)
    for attempt in range(1000):
        drawn = [course.question_by_id[name] for name in draw(course, {}, attempt)]
        most_missed = len(drawn) - needed_right(course.criteria, len(drawn))
        for name, value in GUESSERS.items():
            passed[name] += _passes(drawn, most_missed, value, random.Random(attempt))
    assert passed == dict.fromkeys(GUESSERS, 0)


def _passes(drawn: list[Question], most_missed: int, value: Callable[[Option], float], dice: random.Random) -> bool:
    missed = 0
    for question in drawn:
        if not _guess(question, value, dice):
            missed += 1
            if question.critical or missed > most_missed:
                return False
    return True
