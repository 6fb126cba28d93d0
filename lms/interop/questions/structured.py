"""Feedback of our own making that holds more than words: reasons of pairs and steps, and a model with what to look for.

Other systems show it as a table or as three short lists; we read it back.
"""

from __future__ import annotations

from collections.abc import Sequence
from html.parser import HTMLParser

from lms.interop.questions.bank import Item, LeftOut, Source, finish
from lms.interop.questions.phrases import paragraphs, phrase, without_comments

Rows = list[list[str]]
HEADS = ("Model answer", "Look for", "Not enough")


def write_table(rows: Sequence[Sequence[str]]) -> str:
    """Rows of HTML phrases as a table."""
    cells = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    return f"<table><tbody>{''.join(f'<tr>{row}</tr>' for row in cells)}</tbody></table>"


def write_model(parts: Sequence[Sequence[str]]) -> str:
    """What belongs under each of the three headings."""
    return "".join(
        f"<p><strong>{head}</strong></p><ul>{''.join(f'<li>{text}</li>' for text in texts)}</ul>"
        for head, texts in zip(HEADS, parts, strict=True)
        if texts
    )


def read_reasons(html: str, source: Source) -> list[str]:
    """The last cell of each row as Markdown: the reasons of pairs or steps in their order."""
    rows = read_table(html) if source.take(html) else []
    return [phrase(row[-1], "html", source) for row in rows if row]


def read_short_answer(html: str, source: Source) -> Item | LeftOut | None:
    """A short answer of ours, told by its feedback; None for any other essay."""
    found = read_model(html) if source.take(html) else {}
    if not found:
        return None
    model, look_for, not_enough = (found.get(head, []) for head in HEADS)
    return finish(
        source,
        "short_answer",
        model=tuple(text for one in model for text in paragraphs(one, "html", source)),
        look_for=tuple(phrase(one, "html", source) for one in look_for),
        not_enough=tuple(phrase(one, "html", source) for one in not_enough),
    )


def read_table(html: str) -> Rows:
    """The cells of a table as HTML phrases, row by row; none when there is no table."""
    reader = _Cells("tr", ("td",))
    reader.feed(without_comments(html))
    return reader.rows


def read_model(html: str) -> dict[str, list[str]]:
    """The texts under each heading as HTML phrases; empty unless a model and something to look for are there."""
    reader = _Cells("ul", ("li", "p"))
    reader.feed(without_comments(html))
    found: dict[str, list[str]] = {}
    head = ""
    for row in reader.rows:
        for text in row:
            words = text.removeprefix("<strong>").removesuffix("</strong>")
            if words in HEADS:
                head = words
            elif head:
                found.setdefault(head, []).append(text)
    return found if all(found.get(head) for head in HEADS[:2]) else {}


class _Cells(HTMLParser):
    """Collects the inner HTML of cells, in rows."""

    def __init__(self, row: str, cells: tuple[str, ...]) -> None:
        super().__init__(convert_charrefs=False)
        self.row, self.cells = row, cells
        self.rows: Rows = []
        self.inside: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == self.row or (tag in self.cells and not self.rows):
            self.rows.append([])
        if tag in self.cells:
            self.inside = []
        elif self.inside is not None:
            self.inside.append(self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.inside is not None:
            self.inside.append(f"<{tag}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.cells and self.inside is not None:
            self.rows[-1].append("".join(self.inside))
            self.inside = None
        elif self.inside is not None and tag != "br":
            self.inside.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self.inside is not None:
            self.inside.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")
