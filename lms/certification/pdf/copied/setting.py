"""Set lines in fonts with one glyph for each character, with each glyph where Pango put it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from lms.certification.pdf.copied.cells import glyphs_of
from lms.certification.pdf.copied.character_font import EM, CharacterFont, Shape
from lms.certification.pdf.copied.clusters import Cluster, Line

# Accessibility checkers report a font in which five glyphs have the same text.
_SAME_MOST = 4


class _Placed(NamedTuple):
    """A glyph on a line: its font, its number, its width in units there, and the room that it has in ems."""

    font: str
    number: int
    width: float
    room: float


class Setter:
    """Sets lines, and keeps the fonts that they need by the names that a page's resources have for them."""

    def __init__(self) -> None:
        self.fonts: dict[str, CharacterFont] = {}

    def set_line(self, line: Line) -> Iterator[tuple[str, str]]:
        """Give the pieces of a line, each the name of a font and what is shown in it: glyphs, and where they move.

        What is plain before and after stays in its own font; all between is set in ours, for the sake of order.
        """
        stands = should = 0.0
        for font, some in groupby(self._placed(line), key=lambda placed: placed.font):
            shown = ""
            for placed in some:
                if gap := round(should * EM - stands):
                    shown += f">{-gap}<"
                shown += f"{placed.number:04x}"
                stands += gap + placed.width
                should += placed.room
            yield font, f"<{shown}>"

    def _placed(self, line: Line) -> Iterator[_Placed]:
        plain = [cluster.is_plain for cluster in line.clusters]
        start, end = plain.index(False), len(plain) - plain[::-1].index(False)
        # A joiner is put before the next character, so that is set as well.
        end += line.clusters[end - 1].is_joiner and end < len(plain)
        yield from _as_they_are(line.clusters[:start])
        yield from self._ours(line.clusters[start:end])
        yield from _as_they_are(line.clusters[end:])

    def _ours(self, clusters: tuple[Cluster, ...]) -> Iterator[_Placed]:
        """Give clusters in a font of ours; joiners at the end of a line, with nothing before, show and mean nothing."""
        glyphs = list(glyphs_of(clusters))
        if not glyphs:
            return
        shapes = [Shape(glyph.parts, round(glyph.width * EM), glyph.text) for glyph in glyphs]
        name = self._font_for(shapes)
        for glyph, shape in zip(glyphs, shapes, strict=True):
            yield _Placed(name, self.fonts[name].number(shape), shape.width, glyph.width)

    def _font_for(self, shapes: list[Shape]) -> str:
        """Return the name of the first font that has room for the shapes of a line; one line is set in one font."""
        for name, font in self.fonts.items():
            if font.most_for_one_text(shapes) <= _SAME_MOST:
                return name
        name = f"characters{len(self.fonts)}"
        self.fonts[name] = CharacterFont()
        return name


def _as_they_are(clusters: tuple[Cluster, ...]) -> Iterator[_Placed]:
    for cluster in clusters:
        (part,) = cluster.parts
        yield _Placed(part.font, part.glyph, part.width, cluster.width)
