"""CSV in and out; a row holds one answer and several answers, and other kinds are named."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from html import unescape

from lms.content.model.question import Question
from lms.content.model.wording import say
from lms.interop.questions.bank import Bank, Item, Labels, LeftOut, Source, Weighed, as_choices, make_bank
from lms.interop.questions.outgoing import Outgoing, outgoing
from lms.interop.questions.phrases import looks_like_html, paragraphs, phrase
from lms.interop.questions.text_files import read_text

# A row that goes out holds these; other kinds are named.
_HELD_KINDS = ("one_answer", "several_answers")
_QUESTION = ("question", "question text", "stem", "text")
_RIGHT = ("right", "correct", "correct answer", "correct answers", "answer", "answers", "key")
_OPTION = re.compile(r"(?:(?:option|answer|choice) ?)?([a-j]|\d{1,2})")
_REASON = re.compile(r"(?:reason|feedback|explanation) ?([a-j]|\d{1,2})")
# What our export puts before a sign that a spreadsheet would take for the beginning of a formula.
_FORMULA = re.compile(r"^'(?=[=+@−-])")
_SEPARATORS = re.compile(r"[\s,;&/|]+|\band\b")


def read_csv(content: bytes) -> Bank:
    """All rows of a CSV file; the first row names the columns."""
    text, notes = read_text(content)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return make_bank(_rows(reader), notes)


def _rows(reader: Iterable[list[str]]) -> Iterator[Item | LeftOut]:
    heads: list[str] = []
    before = 0
    for row in _until_unreadable(reader):
        if row is None:
            yield LeftOut(before + 1, "", say("A cell in this row is longer than a question can be here."))
            return
        line, before = before + 1, getattr(reader, "line_num", before + 1)
        if not heads:
            heads = [head.strip().casefold().replace("_", " ") for head in row]
        elif any(cell.strip() for cell in row):
            cells = dict(zip(heads, (_FORMULA.sub("", cell.strip()) for cell in row), strict=False))
            yield _read(cells, line)


def _until_unreadable(reader: Iterable[list[str]]) -> Iterator[list[str] | None]:
    """The rows, and None in place of the first that can't be read."""
    try:
        yield from reader
    except csv.Error:
        yield None


def _read(cells: dict[str, str], line: int) -> Item | LeftOut:
    source = Source(line, id=cells.get("id", ""), name=cells.get("name", ""))
    source.stem = paragraphs(_first(cells, _QUESTION), "auto", source)
    source.labels = Labels(
        tuple(cells.get("objectives", "").replace(",", " ").split()), cells.get("group", ""),
        _is_yes(cells.get("critical", "")), _is_yes(cells.get("fixed", "")),
        cells.get("jurisdiction", ""),
    )  # fmt: skip
    options = _numbered(cells, _OPTION)
    if not options:
        return source.leave_out(
            say("This row has no options. A CSV file can only hold questions with one or several right answers.")
        )
    reasons = _numbered(cells, _REASON)
    right = _chosen(_first(cells, _RIGHT), options)
    several = len(right) > 1 or cells.get("kind", "").casefold().startswith(("several", "multi"))
    weighed = [
        Weighed(phrase(text, "auto", source), paragraphs(reasons.get(name, ""), "auto", source), float(name in right))
        for name, text in options.items()
    ]
    return as_choices(source, weighed, single=not several)


def _numbered(cells: dict[str, str], pattern: re.Pattern[str]) -> dict[str, str]:
    """Cells of columns such as “option 2” or “B”, by number."""
    found = {}
    for head, cell in cells.items():
        match = pattern.fullmatch(head)
        if match and cell:
            found[_number(match.group(1))] = cell
    return found


def _number(name: str) -> str:
    return str(int(name)) if name.isdigit() else str(ord(name) - ord("a") + 1)


def _chosen(words: str, options: dict[str, str]) -> set[str]:
    """The right options: named by letters, by numbers, or by their own text."""
    whole = {name for name, text in options.items() if text.casefold() == words.casefold()}
    if whole:
        return whole
    parts = [part.casefold().strip(".)") for part in _SEPARATORS.split(words) if part]
    names = {_number(part) for part in parts if re.fullmatch(r"[a-j]|\d{1,2}", part)}
    return names & options.keys() if len(names) == len(set(parts)) else set()


def _first(cells: dict[str, str], heads: Iterable[str]) -> str:
    return next((cells[head] for head in heads if cells.get(head)), "")


def _is_yes(word: str) -> bool:
    return word.casefold() in ("yes", "true", "1", "x")


def rows_of(questions: Iterable[Question]) -> tuple[list[str], list[list[str]], list[str]]:
    """The head, a row for each question, and the ids of those that a row cannot hold.

    Texts are plain where they can be, and HTML where something in them is marked.
    """
    items = [outgoing(question) for question in questions]
    held = [one for one in items if one.kind in _HELD_KINDS]
    widest = max((len(one.rows) for one in held), default=2)
    numbered = [f"{name} {number}" for number in range(1, widest + 1) for name in ("option", "reason")]
    head = ["id", "kind", "question", "right", "objectives", "group", "critical", "fixed", "jurisdiction", *numbered]
    return head, [_row_out(one) for one in held], [one.id for one in items if one.kind not in _HELD_KINDS]


def _row_out(one: Outgoing) -> list[str]:
    right = ", ".join(str(number) for number, row in enumerate(one.rows, start=1) if row.right)
    labels = one.labels
    flags = ["yes" if flag else "" for flag in (labels.critical, labels.fixed)]
    options = [_cell_out(text) for row in one.rows for text in (row.cells[0], row.reason)]
    return [
        one.id,
        one.kind,
        _cell_out(one.stem),
        right,
        " ".join(labels.objectives),
        labels.group,
        *flags,
        labels.jurisdiction,
        *options,
    ]


def _cell_out(html: str) -> str:
    """Return plain text, unless it would be read as HTML."""
    if looks_like_html(html):
        return html
    plain = unescape(html)
    return f"<p>{html}</p>" if looks_like_html(plain) else plain
