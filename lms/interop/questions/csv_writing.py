"""CSV out: one answer and several answers; other kinds have no place in a row and are named."""

from __future__ import annotations

from collections.abc import Iterable
from html import unescape

from lms.content.model.question import Question
from lms.interop.questions.outgoing import Outgoing, outgoing
from lms.interop.questions.phrases import looks_like_html

_KINDS = ("one_answer", "several_answers")


def rows_of(questions: Iterable[Question]) -> tuple[list[str], list[list[str]], list[str]]:
    """The head, a row for each question, and the ids of those that a row cannot hold.

    Texts are plain where they can be, and HTML where something in them is marked.
    """
    items = [outgoing(question) for question in questions]
    held = [one for one in items if one.kind in _KINDS]
    widest = max((len(one.rows) for one in held), default=2)
    numbered = [f"{name} {number}" for number in range(1, widest + 1) for name in ("option", "reason")]
    head = ["id", "kind", "question", "right", "objectives", "group", "critical", "fixed", *numbered]
    return head, [_row(one) for one in held], [one.id for one in items if one.kind not in _KINDS]


def _row(one: Outgoing) -> list[str]:
    right = ", ".join(str(number) for number, row in enumerate(one.rows, start=1) if row.right)
    labels = one.labels
    flags = ["yes" if flag else "" for flag in (labels.critical, labels.fixed)]
    options = [_cell(text) for row in one.rows for text in (row.cells[0], row.reason)]
    return [one.id, one.kind, _cell(one.stem), right, " ".join(labels.objectives), labels.group, *flags, *options]


def _cell(html: str) -> str:
    """Return plain text, unless it would be read as HTML."""
    if looks_like_html(html):
        return html
    plain = unescape(html)
    return f"<p>{html}</p>" if looks_like_html(plain) else plain
