"""Course texts as the readers of one programme see them: facts and fixed words filled in, ids and links adapted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, cast

from markupsafe import Markup, escape

from lms.content.model.course import Lesson
from lms.content.model.question import Question
from lms.content.model.wording import Sentence
from lms.content.questions import Item, Presented, match, one_answer, order, present, several_answers, short_answer
from lms.content.questions.match import Match
from lms.content.questions.order import Order
from lms.content.questions.short_answer import ShortAnswer
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import language, listed

_FIXED = re.compile(r"⟦t:([^⟧]+)⟧")
_ADDRESS = re.compile(r"⟦(media|page):([^⟧]*)⟧")
_ADDRESSES = {"media": "/media/", "page": "/courses/"}
Facts = tuple[str, str, str]
_FACT = re.compile(r"\{\{\s*(lead|emergency|limits_statement)\s*\}\}")


def placeholder_values(facts: Mapping[str, Any]) -> Facts:
    """Return a programme's lead, emergency number and limits statement, or words that stand for them."""
    return (
        str(facts.get("lead") or _("your programme’s lead")),
        str(facts.get("emergency") or _("your local emergency number")),
        str(facts.get("limits_statement") or _("your programme’s own limits statement")),
    )


def fill_placeholders(html: str, facts: Mapping[str, Any]) -> Markup:
    """Return a body of a course as this programme's readers see it, in their language."""
    return _filled(html, placeholder_values(facts), language())


def fill_with(html: str, words: Facts) -> Markup:
    """Return a text with its placeholders filled in, from values that a page with many texts looks up once."""
    return _filled(html, words, language())


@lru_cache(maxsize=1024)
def _filled(html: str, words: Facts, _language: str) -> Markup:
    known = dict(zip(("lead", "emergency", "limits_statement"), words, strict=True))
    html = _FACT.sub(lambda found: str(escape(known[found[1]])), html)
    html = _FIXED.sub(lambda found: str(escape(_(found[1]))), html)
    html = _ADDRESS.sub(lambda found: f"{_ADDRESSES[found[1]]}{found[2]}", html)
    return Markup(html)  # noqa: S704 - the content engine's HTML went through nh3, and what is put in is escaped


def announce_topics(topics: Iterable[str]) -> str:
    """Return the hard topics of questions as a list for a sentence, in the reader's language."""
    return listed([_(topic) for topic in topics])


def fill_question(shown: Presented, facts: Mapping[str, Any]) -> Presented:
    """Return a question of the check as this programme's readers see it."""
    words = placeholder_values(facts)

    def filled_items(items: tuple[Item, ...]) -> tuple[Item, ...]:
        return tuple(Item(item.token, fill_with(item.text, words)) for item in items)

    return replace(
        shown, stem=fill_with(shown.stem, words), items=filled_items(shown.items), rights=filled_items(shown.rights)
    )


def practice_of(lesson: Lesson, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a lesson's practice questions with every answer's reason; nothing of them is ever sent."""
    words = placeholder_values(facts)
    return [
        {"id": question.id, "kind": question.body.kind, "stem": fill_with(question.stem, words)}
        | _PRACTICE.get(question.body.kind, _options)(question, words)
        for question in lesson.practice
    ]


def _options(question: Question, words: Facts) -> dict[str, Any]:
    return {
        "options": [
            {"text": fill_with(option.text, words), "right": option.right, "reason": fill_with(option.reason, words)}
            for option in getattr(question.body, "options", ())
        ]
    }


def _order(question: Question, words: Facts) -> dict[str, Any]:
    body = cast(Order, question.body)
    return {
        "shuffled": [fill_with(item.text, words) for item in present(question, _SAME_FOR_ALL).items],
        "options": [
            {"text": fill_with(step.text, words), "reason": fill_with(step.reason, words)} for step in body.steps
        ],
    }


def _match(question: Question, words: Facts) -> dict[str, Any]:
    body = cast(Match, question.body)
    return {
        "shuffled": [fill_with(item.text, words) for item in present(question, _SAME_FOR_ALL).rights],
        "options": [
            {
                "text": fill_with(pair.left, words),
                "goes_with": fill_with(pair.right, words),
                "reason": fill_with(pair.reason, words),
            }
            for pair in body.pairs
        ],
    }


def _short_answer(question: Question, words: Facts) -> dict[str, Any]:
    body = cast(ShortAnswer, question.body)
    return {
        "model": fill_with(body.model, words),
        "look_for": [fill_with(text, words) for text in body.look_for],
        "not_enough": [fill_with(text, words) for text in body.not_enough],
    }


# The pages of lessons are the same for all, so practice is shuffled in one way.
_SAME_FOR_ALL = 0
_PRACTICE = {
    one_answer.KIND: _options,
    several_answers.KIND: _options,
    order.KIND: _order,
    match.KIND: _match,
    short_answer.KIND: _short_answer,
}


def translate_sentence(sentence: str | None) -> str | None:
    """Return a sentence of the content engine in the reader's language."""
    if not isinstance(sentence, Sentence):
        return sentence
    values = {name: _(value) if isinstance(value, str) else value for name, value in sentence.values.items()}
    return _(sentence.template) % values if values else _(sentence.template)


def split_off_sources(body: Markup) -> tuple[Markup, Markup]:
    """Return a lesson's text and its list of sources, between which practice questions stand."""
    text, mark, notes = body.partition('<section class="notes">')
    return Markup(text), Markup(mark) + Markup(notes)  # noqa: S704 - both parts were safe as one


def prefix_ids(body: Markup, name: str) -> Markup:
    """Return a body whose ids and links to itself carry a name, so that several can stand on one page."""
    marked = re.sub(r'(<[^<>]*? (?:id="|href="#))', lambda found: f"{found[1]}{name}-", body)
    return Markup(marked)  # noqa: S704 - the same safe HTML, with the id of a module put into its ids
