"""GIFT out: each question as Moodle reads it, with its id and labels in the comment above it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lms.content.model.question import Question
from lms.interop.questions.bank import labels_as_words
from lms.interop.questions.outgoing import Outgoing, Row, outgoing
from lms.interop.questions.structured import write_model, write_table

_SIGNS = re.compile(r"[\\~=#{}:]")


def write_gift(questions: Iterable[Question]) -> str:
    """A GIFT file of these questions, in their order."""
    return "\n".join(_question(outgoing(question)) for question in questions)


def _question(one: Outgoing) -> str:
    tags = "".join(f" [tag:{word}]" for word in labels_as_words(one.labels))
    lines = [f"// [id:{one.id}]{tags}"]
    if one.kind in ("order", "match") and any(row.reason for row in one.rows):
        lines.append(f"// feedback: {write_table([(*row.cells, row.reason) for row in one.rows])}")
    return "\n".join([*lines, f"::{_safe(one.title)}::[html]{_safe(one.stem)} {{", *_WRITERS[one.kind](one), "}", ""])


def _choices(one: Outgoing) -> list[str]:
    return [f"{'=' if row.right else '~'}{_said(row)}" for row in one.rows]


def _several(one: Outgoing) -> list[str]:
    rights = sum(row.right for row in one.rows)
    others = len(one.rows) - rights
    return [f"~%{_share(100 / rights if row.right else -100 / others)}%{_said(row)}" for row in one.rows]


def _share(per_cent: float) -> str:
    """A share of the mark with as many places as Moodle's list of them."""
    return f"{per_cent:.5f}".rstrip("0").rstrip(".")


def _said(row: Row) -> str:
    return _safe(row.cells[0]) + (f"#{_safe(row.reason)}" if row.reason else "")


def _pairs(one: Outgoing) -> list[str]:
    return [f"={_safe(row.cells[0])} -> {_safe(row.cells[1])}" for row in one.rows]


def _steps(one: Outgoing) -> list[str]:
    return [">0 ALL VERTICAL ABSOLUTE", *(_safe(row.cells[0]) for row in one.rows)]


def _model(one: Outgoing) -> list[str]:
    return [f"####{_safe(write_model(one.model))}"]


def _safe(html: str) -> str:
    return _SIGNS.sub(r"\\\g<0>", html)


_WRITERS = {
    "one_answer": _choices, "several_answers": _several, "match": _pairs, "order": _steps, "short_answer": _model,
}  # fmt: skip
