"""Assign a line's characters to its glyphs, so that every program copies the line as it was typed.

Glyphs stand from left to right, also where the text is read from the right: programs then reverse it themselves.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from lms.certification.pdf.copied.clusters import JOINERS, Cluster, Part

# pdftotext reads a mark at the start of a line as text from the left, unless it follows this character.
_FROM_THE_RIGHT = "\u061c"
# Outlines can't be wider, in ems.
_WIDEST = 30
# Chrome leaves out a glyph without any width, and Firefox takes a mark for one; in ems.
_NARROW = 0.001


@dataclass(frozen=True)
class Glyph:
    """One glyph: what is drawn, how wide it is in ems, and the text that it stands for."""

    parts: tuple[Part, ...]
    width: float
    text: str


@dataclass(frozen=True)
class _Cell:
    """A piece of a line, with the text of each of its glyphs from the left."""

    parts: tuple[Part, ...]
    width: float
    texts: tuple[str, ...]

    @property
    def text(self) -> str:
        return "".join(self.texts)


def glyphs_of(clusters: tuple[Cluster, ...]) -> Iterator[Glyph]:
    """Give the glyphs of a line from the left."""
    cells = zip(clusters, _cells(clusters), strict=True)
    for from_right, some in groupby(cells, key=lambda both: both[0].from_right):
        piece = [cell for _cluster, cell in some]
        if from_right and any(_is_mark(word) for word in "".join(cell.text for cell in piece).split()):
            piece = _each_with_a_mark(piece)
        for cell in piece:
            yield from _glyphs(cell)


def _is_mark(text: str) -> bool:
    """Return whether a text starts with a mark, joiners aside."""
    first = text.lstrip(JOINERS)[:1]
    return bool(first) and unicodedata.category(first) == "Mn"


def _cells(clusters: tuple[Cluster, ...]) -> list[_Cell]:
    """Return a cell for each cluster: a glyph for each character, joiners put before the next one."""
    texts: list[list[str]] = []
    joiners, last = "", [""]
    for cluster in clusters:
        texts.append([])
        for character in reversed(cluster.text) if cluster.from_right else cluster.text:
            # Firefox leaves out a glyph whose text ends in a joiner, so it's put before the next character.
            if character in JOINERS:
                joiners += character
                continue
            last = texts[-1]
            last.append(joiners + character)
            joiners = ""
    last[-1] += joiners
    return [_Cell(each.parts, each.width, tuple(own)) for each, own in zip(clusters, texts, strict=True)]


def _each_with_a_mark(cells: list[_Cell]) -> list[_Cell]:
    """Merge cells so that each, except spaces, is one glyph whose text has a mark in it.

    Firefox doesn't compare a glyph that has a mark with the one before. It would break words at glyphs that it compares
    where a mark comes first, which is where the last letter of a word from the right has one.
    """
    done: list[_Cell] = []
    pending: list[_Cell] = []
    for cell in cells:
        if cell.text.isspace() and not pending:
            done.append(cell)
            continue
        pending.append(cell)
        if any(map(_is_mark, cell.text)):
            done.append(_as_one(pending))
            pending = []
    while pending and not any(map(_is_mark, pending[0].text)):
        pending.insert(0, done.pop())
    done += [_as_one(pending)] if pending else []
    if _is_mark(done[0].text):
        done[0] = replace(done[0], texts=(_FROM_THE_RIGHT + done[0].text,))
    return done if max(cell.width for cell in done) < _WIDEST else cells


def _as_one(cells: list[_Cell]) -> _Cell:
    parts: list[Part] = []
    width = 0.0
    for cell in cells:
        parts += _moved(cell.parts, width)
        width += cell.width
    return _Cell(tuple(parts), width, ("".join(cell.text for cell in cells),))


def _glyphs(cell: _Cell) -> Iterator[Glyph]:
    """Give the glyphs of a cell: the first that isn't a mark holds all that is drawn, the others are blank."""
    drawn = next((at for at, text in enumerate(cell.texts) if not _is_mark(text)), 0)
    for at, text in enumerate(cell.texts):
        if at == drawn:
            yield Glyph(_moved(cell.parts, -at * _NARROW), max(0, cell.width - _NARROW * (len(cell.texts) - 1)), text)
        else:
            yield Glyph((), _NARROW, text)


def _moved(parts: tuple[Part, ...], x: float) -> tuple[Part, ...]:
    return tuple(replace(part, x=part.x + x) for part in parts)
