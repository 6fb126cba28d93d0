"""Questions as figures see them: what can be chosen, which text it is, and what is worth a second look.

Discrimination is the corrected point-biserial correlation: of answering a question right (1 or 0) with the share of the
other questions of the same check that were right. Textbooks call an item weak below 0.1 to 0.2; see docs/authoring.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, Literal, TypeAlias

from lms.content.model.course import Course
from lms.content.model.question import Question
from lms.content.questions.match import Match
from lms.content.questions.one_answer import OneAnswer
from lms.content.questions.order import Order
from lms.content.questions.parts import bare
from lms.content.questions.several_answers import SeveralAnswers

Flag: TypeAlias = Literal["tempting", "never", "length", "place", "flat"]

# Another answer that draws more than so many per cent of people.
TEMPTING_PER_CENT = 40
# An option that fewer than ten of so many people chose: under one in twenty, the usual mark of an idle distractor.
NEVER_OF = 200
# How much longer than every other option the right one is when its length gives it away.
LONGER_BY = 1.4
# From how many people on the correlation is looked at, and below which value the question tells little.
DISCRIMINATES_FROM, DISCRIMINATES = 50, 0.1
# So many questions in a fixed order whose right answer stands in one place give it away.
FIXED_ALIKE = 3


@dataclass(frozen=True)
class Choice:
    """What can be chosen: its key within the question, its text as HTML, and whether it is right."""

    key: str
    text: str
    right: bool


@dataclass(frozen=True)
class Sums:
    """What the correlation needs: people, how many were right, and scores on the rest, of all and of those who were."""

    people: int = 0
    right: int = 0
    rest: int = 0
    rest_squared: int = 0
    rest_of_right: int = 0


def choices_of(question: Question) -> tuple[Choice, ...]:
    """Return what can be chosen; of steps and pairs, that each was put where it belongs. Other kinds have none."""
    body = question.body
    if isinstance(body, (OneAnswer, SeveralAnswers)):
        return tuple(Choice(option.id, option.text, option.right) for option in body.options)
    if isinstance(body, Order):
        return tuple(Choice(step.id, f"{step.id}. {step.text}", True) for step in body.steps)
    if isinstance(body, Match):
        return tuple(Choice(pair.id, f"{pair.left} → {pair.right}", True) for pair in body.pairs)
    return ()


def offers_options(question: Question) -> bool:
    """Return whether people pick from options; elsewhere they put things where they belong."""
    return isinstance(question.body, (OneAnswer, SeveralAnswers))


def right_key(question: Question) -> str | None:
    """Return the one right choice where everybody chooses one thing at most, so that counts add up; None elsewhere."""
    options = question.body.options if isinstance(question.body, OneAnswer) else ()
    return next((option.id for option in options if option.right), None)


def chosen_keys(question: Question, answer: Any) -> frozenset[str]:
    """Return the keys of the choices that an answer holds; an odd answer holds none."""
    body, known = question.body, {choice.key for choice in choices_of(question)}
    if isinstance(body, OneAnswer):
        return frozenset({answer} & known) if isinstance(answer, str) else frozenset()
    if isinstance(body, SeveralAnswers):
        given = answer if isinstance(answer, list) else []
        return frozenset(key for key in given if isinstance(key, str)) & known
    places = answer if isinstance(answer, dict) else {}
    if isinstance(body, Match):
        texts = {**{pair.id: pair.right for pair in body.pairs}, **dict(body.extra)}
        found = ((pair, places.get(pair.id)) for pair in body.pairs)
        return frozenset(pair.id for pair, right in found if isinstance(right, str) and texts.get(right) == pair.right)
    return frozenset(key for key in known if places.get(key) == int(key))


def text_sha(question: Question) -> str:
    """Return a digest of what is asked, what can be chosen and what is right; reasons aren't part of it."""
    choices = [[choice.text, choice.right] for choice in choices_of(question)]
    extra = [text for _id, text in question.body.extra] if isinstance(question.body, Match) else []
    text = json.dumps([question.body.kind, question.stem, choices, extra], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def correlation(sums: Sums) -> float | None:
    """Return the corrected point-biserial correlation; None where everybody answered alike, or scored alike."""
    n = sums.people
    spread = (n * sums.right - sums.right**2) * (n * sums.rest_squared - sums.rest**2)
    return (n * sums.rest_of_right - sums.right * sums.rest) / sqrt(spread) if spread > 0 else None


def tells_little(sums: Sums, shown_right: int) -> bool:
    """Decide whether people who did well on the rest answer a question right no more often than others do.

    Only where ten people answered it right and ten didn't, as shown.
    """
    if sums.people < DISCRIMINATES_FROM or not shown_right or sums.people - shown_right < 2 * 10:
        return False
    found = correlation(sums)
    return found is not None and found < DISCRIMINATES


def flags_of_choice(choice: Choice, people: int, shown: int) -> tuple[Flag, ...]:
    """Return what is worth a look about an option that isn't right, from figures as they are shown."""
    if choice.right:
        return ()
    if 100 * shown > TEMPTING_PER_CENT * people:
        return ("tempting",)
    return ("never",) if people >= NEVER_OF and not shown else ()


def shows_by_length(question: Question) -> bool:
    """Decide whether the right option is much longer than every other one."""
    if not isinstance(question.body, OneAnswer) or len(question.body.options) < 3:
        return False
    lengths = {right: [len(bare(c.text)) for c in choices_of(question) if c.right is right] for right in (True, False)}
    return max(lengths[True]) > LONGER_BY * max(lengths[False])


def shown_by_place(course: Course) -> frozenset[str]:
    """Return the questions in a fixed order whose right answer stands in the same place in all such questions."""
    fixed = [question for question in course.questions if question.fixed and isinstance(question.body, OneAnswer)]
    places = {choice.key for question in fixed for choice in choices_of(question) if choice.right}
    return (
        frozenset(question.id for question in fixed) if len(fixed) >= FIXED_ALIKE and len(places) == 1 else frozenset()
    )


def share_of(people: int, shown: int) -> int:
    """Return a shown count as whole per cent of people, in the same rounding: never more than is known."""
    return 100 * shown // people if people else 0


def per_cent(right: int, asked: int) -> int:
    """Return a score in whole per cent; of nothing asked it is none."""
    return round(100 * right / asked) if asked else 0


def rest_scores(right: Sequence[bool]) -> tuple[int, ...]:
    """Return for each question of a check the score on its other questions."""
    all_right = sum(right)
    return tuple(per_cent(all_right - mine, len(right) - 1) for mine in right)
