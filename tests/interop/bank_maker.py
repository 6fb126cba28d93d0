"""A hundred questions over all kinds, made from a seed, with every sign that the formats give a meaning to."""

from __future__ import annotations

import random
import re
from dataclasses import fields, is_dataclass, replace

from lms.content.lint.check import read_course
from lms.content.model.question import Question
from tests.content.small_course import bundle

WORDS = (
    "Dana", "waits", "“Would you like company?”", "30 % = half", "a -> b", "yes: no", "#1", "{braces}", "~about~",
    "*not marked*".replace("*", "\\*"), "**plainly**", "*softly*", "`x = {1}`", "R&amp;D", "a < b", "back\\\\slash",
    "H<sub>2</sub>O", "[a page](https://example.org/?a=1&b=2)", "snake_case", "=first", "// no comment", "::name::",
    "x|y".replace("|", "\\|"), "~~gone~~", "Łucja", "مرحبا", "\\[x\\]", "[^WANG24]", "**a**b", "1\\. no list",
    "&lt;b&gt;",
)  # fmt: skip


def phrase(dice: random.Random, least: int = 2) -> str:
    """Some words, never only signs."""
    return " ".join(
        ["Say", *(dice.choice(WORDS) for _ in range(dice.randint(least, 6))), f"no. {dice.randint(1, 10**6)}"]
    )


def _reason(dice: random.Random) -> str:
    parts = [phrase(dice, 4) for _ in range(dice.choice((1, 1, 2)))]
    return "".join(f"\n  >\n  > {part}" if place else f"\n  > {part}" for place, part in enumerate(parts))


def _choices(dice: random.Random, several: bool) -> str:
    count = dice.randint(2, 6)
    rights = set(dice.sample(range(count), dice.randint(1, count) if several else 1))
    left, right = "[]" if several else "()"
    return "\n".join(
        f"- {left}{'x' if place in rights else ' '}{right} {phrase(dice)}{_reason(dice)}" for place in range(count)
    )


def _order(dice: random.Random) -> str:
    return "\n".join(
        f"{place}. {phrase(dice)}" + (f"\n   > {phrase(dice, 4)}" if dice.random() < 0.5 else "")
        for place in range(1, dice.randint(3, 6))
    )


def _match(dice: random.Random) -> str:
    shared = phrase(dice)
    rows = [(phrase(dice), dice.choice((shared, phrase(dice))), phrase(dice, 4)) for _ in range(dice.randint(2, 5))]
    rows += [("", phrase(dice), "")] if dice.random() < 0.5 else []
    return "\n".join(["| L | R | W |", "|---|---|---|", *(f"| {a} | {b} | {c} |" for a, b, c in rows)])


def _model(dice: random.Random) -> str:
    less = f"\n\n### Not enough\n\n- {phrase(dice)}" if dice.random() < 0.5 else ""
    look = "\n".join(f"- {phrase(dice)}" for _ in range(dice.randint(1, 3)))
    return f"### Model answer\n\n{phrase(dice)}\n\n{phrase(dice)}\n\n### Look for\n\n{look}{less}"


MAKERS = (
    lambda dice: _choices(dice, False), lambda dice: _choices(dice, True), _order, _match, _model,
)  # fmt: skip


def make_check(count: int, seed: int) -> str:
    """A whole check.md."""
    dice = random.Random(seed)
    parts = []
    for number in range(count):
        flags = dice.choice(("", " .fixed", ' .critical group="danger signs"', ' group="g"', ' jurisdiction="US"'))
        objectives = dice.choice(("sml-o1", "sml-o2", "sml-o1 sml-o2"))
        case = f"{phrase(dice)}\n\n" * dice.choice((0, 0, 1, 2))
        heading = f'## {phrase(dice)} {{#sml-x{number:03}{flags} objectives="{objectives}"}}'
        parts.append(f"{heading}\n\n{case}{MAKERS[number % len(MAKERS)](dice)}\n")
    return "\n".join(parts)


def read_check(text: str) -> tuple[Question, ...]:
    """The questions of a check.md, as our reader has them."""
    course = read_course(bundle(**{"check.md": text}), "small-course").course
    assert course is not None
    return course.questions


def bare(questions: tuple[Question, ...]) -> list[Question]:
    """The same without their place in a file, and with spaces as a browser shows them."""
    return [_spaced(replace(question, path="", line=0)) for question in questions]


def _spaced(value):
    if isinstance(value, str):
        return re.sub(r"\s*<br>\s*", "<br>", " ".join(value.split()))
    if isinstance(value, tuple):
        return tuple(map(_spaced, value))
    if is_dataclass(value):
        return replace(value, **{name: _spaced(getattr(value, name)) for name in (one.name for one in fields(value))})
    return value
