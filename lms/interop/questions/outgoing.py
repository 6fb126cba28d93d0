"""Our questions as values that other systems can be told: HTML phrases without what only our pages understand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

from lms.content.model.question import Question
from lms.content.questions.match import Match
from lms.content.questions.one_answer import OneAnswer
from lms.content.questions.order import Order
from lms.content.questions.several_answers import SeveralAnswers
from lms.content.questions.short_answer import ShortAnswer
from lms.interop.questions.bank import Labels
from lms.interop.questions.phrases import plain_words

_TOKEN = re.compile(r"⟦t:([^⟧]*)⟧")
_VOID = frozenset({"br"})


@dataclass(frozen=True)
class Row:
    """An option, a step or a pair: its text (or its two cells), its reason, and whether it is right."""

    cells: tuple[str, ...]
    reason: str = ""
    right: bool = False


@dataclass(frozen=True)
class Outgoing:
    """One question on its way out; every text is an HTML phrase."""

    id: str
    kind: str
    stem: str
    rows: tuple[Row, ...]
    model: tuple[tuple[str, ...], ...]
    labels: Labels

    @property
    def title(self) -> str:
        """The beginning of the question, without marks."""
        words = plain_words(self.stem, "html")
        return words if len(words) <= 80 else words[:79].rstrip() + "…"


def outgoing(question: Question) -> Outgoing:
    """A question with all that its kind says."""
    body = question.body
    labels = Labels(
        question.objectives, question.group or "", question.critical, question.fixed, question.jurisdiction or ""
    )
    rows: list[Row] = []
    model: tuple[tuple[str, ...], ...] = ()
    if isinstance(body, (OneAnswer, SeveralAnswers)):
        rows = [Row((_said(one.text),), _said(one.reason), one.right) for one in body.options]
    elif isinstance(body, Order):
        rows = [Row((_said(one.text),), _said(one.reason), True) for one in body.steps]
    elif isinstance(body, Match):
        rows = [Row((_said(one.left), _said(one.right)), _said(one.reason), True) for one in body.pairs]
        rows += [Row(("", _said(text))) for _id, text in body.extra]
    elif isinstance(body, ShortAnswer):
        model = tuple(tuple(map(_said, texts)) for texts in ((body.model,), body.look_for, body.not_enough))
    return Outgoing(question.id, body.kind, _said(question.stem), tuple(rows), model, labels)


def _said(html: str) -> str:
    """The phrase on one line, with the words of the course's language in place of our tokens."""
    return " ".join(_TOKEN.sub(r"\1", html).split("\n")).strip()


def as_xhtml(html: str) -> str:
    """A phrase as well-formed XML, with the elements that QTI knows."""
    writer = _Xhtml()
    writer.feed(html)
    writer.close()
    return "".join([*writer.parts, *(f"</{tag}>" for tag in reversed(writer.open))])


def in_paragraphs(html: str) -> Sequence[str]:
    """The parts of a phrase between its line breaks."""
    return re.split(r"<br>\s*", html)


class _Xhtml(HTMLParser):
    """Closes what HTML leaves open, and writes text for XML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        kept = [name for name in ("href", "class") if given.get(name)]
        words = "".join(f' {name}="{xml(given[name] or "")}"' for name in kept)
        if tag in _VOID:
            self.parts.append(f"<{tag}/>")
            return
        if tag in ("s", "del"):
            words = ' class="s"'
        name = "span" if tag in ("s", "del") else tag
        self.parts.append(f"<{name}{words}>")
        self.open.append(name)

    def handle_endtag(self, tag: str) -> None:
        name = "span" if tag in ("s", "del") else tag
        if name in self.open:
            while (closed := self.open.pop()) != name:
                self.parts.append(f"</{closed}>")
            self.parts.append(f"</{name}>")

    def handle_data(self, data: str) -> None:
        self.parts.append(xml(data))


def xml(text: str) -> str:
    """Text for XML, without the characters that XML cannot hold."""
    plain = re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
