"""What a file of questions would bring into a draft, in the reader's words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from lms.content.model.wording import Sentence
from lms.foundation.text.i18n import gettext as _
from lms.interop.questions.bank import shortened
from lms.interop.questions.check_page import Written, plan
from lms.interop.questions.importing import read_questions
from lms.interop.questions.phrases import plain_words
from lms.learning.progress.placeholders import translate_sentence


@dataclass(frozen=True)
class Coming:
    """A question that would be added: its line in the file, its words, its kind, and what it loses."""

    line: int
    words: str
    kind: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Outside:
    """A question that stays outside, and why."""

    line: int
    words: str
    why: str


@dataclass(frozen=True)
class Preview:
    """All that a file holds; `text` is the Markdown of what is new."""

    coming: tuple[Coming, ...]
    there: int
    outside: tuple[Outside, ...]
    notes: tuple[str, ...]
    text: str


def preview(content: bytes, name: str, check: str, objectives: Collection[str], usual: str) -> Preview:
    """Read a file of questions as it would be added to a check."""
    found = plan(read_questions(content, name), check, objectives, usual)
    kinds = _kinds()
    return Preview(
        tuple(_coming(one, kinds) for one in found.new),
        len(found.written) - len(found.new),
        tuple(Outside(one.line, one.name, _said(one.why)) for one in found.bank.left_out),
        tuple(map(_said, found.bank.notes)),
        "\n".join(one.text for one in found.new),
    )


def _coming(one: Written, kinds: dict[str, str]) -> Coming:
    words = shortened((plain_words(one.item.stem[0], "markdown"),), 90)
    return Coming(one.item.line, words, kinds[one.item.kind], tuple(map(_said, one.item.notes)))


def _kinds() -> dict[str, str]:
    return {
        "one_answer": _("One answer"),
        "several_answers": _("Several answers"),
        "order": _("Put in order"),
        "match": _("Match"),
        "short_answer": _("Short answer"),
    }


def _said(sentence: Sentence) -> str:
    return translate_sentence(sentence) or ""
