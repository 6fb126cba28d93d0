"""Read the outlines of single glyphs from a font file; opening all its tables would take ten times as long."""

from __future__ import annotations

import sys
from array import array
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from fontTools.pens.basePen import AbstractPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph


@dataclass(frozen=True)
class _Outline:
    """One glyph of TrueType outlines; it draws itself as fontTools expects."""

    glyph: Glyph
    table: _Table

    def draw(self, pen: AbstractPen) -> None:
        self.glyph.draw(pen, self.table)


class _Table:
    """The outlines of a TrueType font by number: what fontTools needs of its own table, read where it is asked for."""

    # Fonts with more than 65,535 glyphs number them in another way; ours have fewer.
    extended = False

    def __init__(self, font: TTFont) -> None:
        self._outlines, places = font.reader["glyf"], font.reader["loca"]
        self._places = array("I" if font["head"].indexToLocFormat else "H", places)
        if sys.byteorder == "little":
            self._places.byteswap()
        self._unit = 1 if font["head"].indexToLocFormat else 2

    def getGlyphName(self, number: int) -> int:  # noqa: N802 - fontTools calls it
        """Return what a part of a glyph is called, which is its number."""
        return number

    def __getitem__(self, number: int) -> _Outline:
        start, end = (place * self._unit for place in self._places[number : number + 2])
        glyph = Glyph(self._outlines[start:end])
        glyph.expand(self)
        return _Outline(glyph, self)


class Outlines:
    """The outlines of a font by the number of their glyph, and how many units its em has."""

    def __init__(self, file: bytes) -> None:
        font = TTFont(BytesIO(file), lazy=True)
        self.em: int = font["head"].unitsPerEm
        self.set: Any = _Table(font) if "glyf" in font else _Numbered(font)


class _Numbered:
    """The outlines of any other font."""

    def __init__(self, font: TTFont) -> None:
        self._font, self._set = font, font.getGlyphSet()

    def __getitem__(self, number: int) -> Any:
        return self._set[self._font.getGlyphName(number)]
