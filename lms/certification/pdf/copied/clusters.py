"""Pango's layout of a text as clusters: characters that are drawn as one, with their glyphs."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Any

from weasyprint.document import Document
from weasyprint.formatting_structure.boxes import TextBox
from weasyprint.text.ffi import TO_UNITS, ffi, pango
from weasyprint.text.fonts import get_pango_font_key

# Characters below this always have one glyph each; a text with any other is examined.
_FIRST_MARK = "\u0300"
# Characters that nobody sees, which join or part those around them.
JOINERS = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_MARKS = ("Mn", "Mc", "Me", "Cf")


@dataclass(frozen=True)
class Part:
    """One glyph of a cluster: its font's name, its number, its width and the text that it stands for in that font.

    The width is in thousandths of an em; where it stands from the cluster's start is in ems.
    """

    font: str
    glyph: int
    width: float
    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Cluster:
    """Characters that are drawn as one; the width is in ems."""

    text: str
    parts: tuple[Part, ...]
    width: float
    from_right: bool

    @property
    def is_plain(self) -> bool:
        """Return whether this is a single glyph for a single character, read from the left."""
        if self.from_right or len(self.parts) != 1 or unicodedata.category(self.text[0]) in _MARKS:
            return False
        (part,) = self.parts
        return len(self.text) == 1 and part.text == self.text and not (part.x or part.y)

    @property
    def is_joiner(self) -> bool:
        """Return whether there are only joiners in this."""
        return not self.text.strip(JOINERS)


@dataclass(frozen=True)
class Line:
    """A piece of text on one line: where it starts and how large it is, in pixels, and its clusters from the left."""

    x: float
    y: float
    size: float
    clusters: tuple[Cluster, ...]


def lines_to_redraw(document: Document) -> Iterator[Line]:
    """Give the lines of a document whose glyphs don't stand for one character each, in the order of the text."""
    for page in document.pages:
        for box in page._page_box.descendants(placeholders=True):
            if isinstance(box, TextBox) and any(character >= _FIRST_MARK for character in box.text):
                line = _line(box, document)
                if not all(cluster.is_plain for cluster in line.clusters):
                    yield line


def _line(box: Any, document: Document) -> Line:
    """Return a box of text as Pango lays it out, in the way in which WeasyPrint has drawn it."""
    layout, size = box.pango_layout, box.style["font_size"]
    layout.reactivate(box.style)
    pango.pango_layout_set_single_paragraph_mode(layout.layout, True)
    first_line, _rest = layout.get_first_line()
    text, clusters, run = layout.text.encode(), [], first_line.runs[0]
    while run != ffi.NULL:
        font = document.fonts[get_pango_font_key(run.data.item.analysis.font)[0]]
        clusters += _with_their_marks(list(_clusters(run.data, text, font, size * TO_UNITS)))
        run = run.next
    layout.deactivate()
    return Line(box.position_x, box.position_y + box.baseline, size, tuple(clusters))


def _clusters(run: Any, text: bytes, font: Any, em: float) -> Iterator[Cluster]:
    """Give the clusters of one run of glyphs from the left."""
    glyphs, item = run.glyphs, run.item
    starts = list(glyphs.log_clusters[0 : glyphs.num_glyphs])
    ends = dict(pairwise([*sorted(set(starts)), item.length]))
    for start, numbers in groupby(range(glyphs.num_glyphs), key=starts.__getitem__):
        parts, width = [], 0
        for number in numbers:
            glyph, geometry = glyphs.glyphs[number].glyph, glyphs.glyphs[number].geometry
            if glyph != pango.PANGO_GLYPH_EMPTY:
                x, y = (width + geometry.x_offset) / em, -geometry.y_offset / em
                parts.append(Part(font.hash, glyph, font.widths[glyph], font.to_unicode[glyph], x, y))
            width += geometry.width
        typed = text[item.offset + start : item.offset + ends[start]].decode()
        yield Cluster(typed, tuple(parts), width / em, bool(item.analysis.level % 2))


def _with_their_marks(clusters: list[Cluster]) -> list[Cluster]:
    """Return clusters from the left, those of marks alone put together with the character that they belong to."""
    joined: list[Cluster] = []
    for cluster in clusters:
        last = joined[-1] if joined else None
        if last and (_is_marks(last) if cluster.from_right else _is_marks(cluster)):
            moved = tuple(replace(part, x=part.x + last.width) for part in cluster.parts)
            text = cluster.text + last.text if cluster.from_right else last.text + cluster.text
            joined[-1] = replace(last, text=text, parts=last.parts + moved, width=last.width + cluster.width)
        else:
            joined.append(cluster)
    return joined


def _is_marks(cluster: Cluster) -> bool:
    return unicodedata.category(cluster.text[0]).startswith("M")
