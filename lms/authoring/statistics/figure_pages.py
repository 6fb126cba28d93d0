"""What the pages of question figures show, in tens, with what is worth a second look in plain words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any

from markupsafe import Markup

from lms.authoring.statistics.cell_rules import show_parts
from lms.authoring.statistics.count_records import RIGHT, Released
from lms.authoring.statistics.item_rules import (
    TEMPTING_PER_CENT,
    Choice,
    Flag,
    choices_of,
    flags_of_choice,
    offers_options,
    share_of,
    shown_by_place,
    shows_by_length,
    tells_little,
    text_sha,
)
from lms.content.model.course import Course
from lms.content.model.question import Question
from lms.foundation.text.i18n import gettext as _
from lms.learning.progress.placeholders import fill_placeholders
from lms.library.rules import version_of

ON_A_PAGE = 20


@dataclass(frozen=True)
class ChoiceRow:
    """A choice as its row shows it; `shown` is 0 for fewer than ten people."""

    letter: str
    text: Markup
    right: bool
    shown: int
    share: int
    flags: tuple[str, ...]


@dataclass(frozen=True)
class Earlier:
    """What people made of an earlier text of a question, and from which version on it read as it does now."""

    changed_in: str
    people: int
    right: int
    share: int


@dataclass(frozen=True)
class Figure:
    """One question with its figures; without people there are none to show yet.

    `picks` is False where things are put in order or matched, so that each row says who put it where it belongs.
    """

    id: str
    number: int
    line: int
    stem: Markup
    critical: bool
    picks: bool
    people: int
    right: int
    share: int
    rows: tuple[ChoiceRow, ...]
    flags: tuple[str, ...]
    earlier: tuple[Earlier, ...]

    @property
    def all_flags(self) -> tuple[str, ...]:
        """What is worth a second look about the question and its choices, each once."""
        return tuple(dict.fromkeys((*self.flags, *(words for row in self.rows for words in row.flags))))


def flag_words(flag: Flag, people: int = 0) -> str:
    """Return what is worth a second look, in plain words."""
    words = {
        "tempting": _(
            "More than %(percent)s%% chose this one. It may be right in a way you didn’t mean, or the question doesn’t "
            "say enough.",
            percent=TEMPTING_PER_CENT,
        ),
        "never": _(
            "Hardly anybody chooses this: fewer than 10 of %(people)s people. Make it something people might think, or "
            "leave it out.",
            people=people,
        ),
        "length": _(
            "The right answer is much longer than the others, so people can pick it without knowing. Make them about "
            "the same length."
        ),
        "place": _(
            "In all questions with a fixed order, the right answer is in the same place. Change the order in some of "
            "them."
        ),
        "flat": _(
            "People who did well on the rest answer this one right no more often than others: read it again. Is one "
            "answer clearly the best, and does a lesson say so?"
        ),
    }
    return words[flag]


def figures_of(course: Course, released: Mapping[str, Sequence[Released]], facts: Mapping[str, Any]) -> list[Figure]:
    """Return the figures of all questions that a check may draw, in the order of the bank."""
    by_place = shown_by_place(course)
    drawable = [question for question in course.questions if question.drawable]
    return [
        _figure(number, question, released.get(question.id, ()), question.id in by_place, facts)
        for number, question in enumerate(drawable, 1)
    ]


def _figure(
    number: int, question: Question, released: Sequence[Released], by_place: bool, facts: Mapping[str, Any]
) -> Figure:
    sha = text_sha(question)
    now = next((text for text in released if text.text_sha == sha), None) or Released(sha, 0, 0)
    right = _shown_right(now)
    flags: list[Flag] = ["length"] if shows_by_length(question) else []
    flags += ["place"] if by_place else []
    flags += ["flat"] if tells_little(now.sums, right) else []
    return Figure(
        question.id,
        number,
        question.line,
        fill_placeholders(question.stem, facts),
        question.critical,
        offers_options(question),
        now.people,
        right,
        share_of(now.people, right),
        tuple(_rows(question, now, facts)),
        tuple(flag_words(flag) for flag in flags),
        _earlier(now, [text for text in released if text.text_sha != sha]),
    )


def _shown_choices(text: Released, keys: Sequence[str]) -> dict[str, int]:
    """Return how many people chose each of some choices, as it may be shown.

    Where everybody chooses one, the choices are the parts of a whole; elsewhere each is a whole with who left it.
    """
    counts = [text.counts.get(key, 0) for key in keys]
    if not text.people:
        return dict.fromkeys(keys, 0)
    if text.right_key is not None:
        return dict(zip(keys, show_parts(text.people, counts), strict=True))
    return {
        key: show_parts(text.people, (count, text.people - count))[0] for key, count in zip(keys, counts, strict=True)
    }


def _shown_right(text: Released) -> int:
    """Return how many people were right: with one right choice it's the count of that, never another rounding of it."""
    if text.right_key is None:
        return _shown_choices(text, [RIGHT])[RIGHT]
    return _shown_choices(text, sorted(filter(str.isdigit, text.counts), key=int)).get(text.right_key, 0)


def _rows(question: Question, now: Released, facts: Mapping[str, Any]) -> list[ChoiceRow]:
    choices = choices_of(question)
    shown = _shown_choices(now, [choice.key for choice in choices])
    return [
        _row(letter, choice, now.people, shown[choice.key], facts)
        for letter, choice in zip(ascii_uppercase, choices, strict=False)
    ]


def _row(letter: str, choice: Choice, people: int, shown: int, facts: Mapping[str, Any]) -> ChoiceRow:
    flags = flags_of_choice(choice, people, shown) if people else ()
    words = tuple(flag_words(flag, people) for flag in flags)
    return ChoiceRow(letter, fill_placeholders(choice.text, facts), choice.right, shown, share_of(people, shown), words)


def _earlier(now: Released, others: Sequence[Released]) -> tuple[Earlier, ...]:
    """Return the earlier texts, the newest first, each with the version that changed it."""
    found, changed_in = [], now.since
    for text in others:
        right = _shown_right(text)
        version = version_of(changed_in) if changed_in else ""
        found.append(Earlier(version, text.people, right, share_of(text.people, right)))
        changed_in = text.since
    return tuple(found)


def page_of(figures: Sequence[Figure], after: str) -> tuple[list[Figure], str]:
    """Return the questions that follow one, and after which the next page goes on; empty on the last page."""
    places = {figure.id: place for place, figure in enumerate(figures, 1)}
    start = places.get(after, 0)
    shown = list(figures[start : start + ON_A_PAGE])
    return shown, shown[-1].id if shown and start + ON_A_PAGE < len(figures) else ""


def line_of(text: bytes, question_id: str) -> int | None:
    """Return the line of a text on which a question's heading is, counted from 1; None where it isn't in it."""
    mark = re.compile(rf"^#+ .*\{{\s*#{re.escape(question_id)}[\s}}]")
    lines = enumerate(text.decode("utf-8", "replace").splitlines(), 1)
    return next((number for number, line in lines if mark.match(line)), None)


def page_url(figures: Sequence[Figure], figure: Figure, list_url: str) -> str:
    """Return the address of a figure: its page of the list, and its place there."""
    start = (figure.number - 1) // ON_A_PAGE * ON_A_PAGE
    page = f"?after={figures[start - 1].id}" if start else ""
    return f"{list_url}{page}#{figure.id}"
