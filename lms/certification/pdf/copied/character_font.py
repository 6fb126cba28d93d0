"""A font made for one document, in which each character has a glyph of its own.

Programs put copied text together from glyphs. Where a glyph is drawn for several characters, several for one, or in
another order than they are typed, each program puts the text together differently, and most ignore /ActualText. So
such lines are drawn with glyphs that stand for one character each: one glyph of a cluster holds the outlines of all of
it, the others are blank.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from io import BytesIO
from typing import Any, NamedTuple

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib.tables._g_l_y_f import Glyph
from pydyf import PDF, Array, Dictionary, Stream, String

from lms.certification.pdf.copied.clusters import Part
from lms.certification.pdf.copied.outlines import Outlines

# Units in an em, in the made font as in a PDF.
EM = 1000
_ASCENT, _DESCENT, _SYMBOLIC, _STEM = 1000, -300, 4, 80
_CMAP_HEAD = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange"""
_CMAP_END = b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
_IN_ONE_LIST = 100
# A certificate has a hundred at most, of a kilobyte each.
_KEPT_MOST = 1000
_KEPT: dict[tuple[Any, ...], Glyph] = {}


class Shape(NamedTuple):
    """A glyph of the made font; its width is in units."""

    parts: tuple[Part, ...]
    width: int
    text: str


class CharacterFont:
    """The font while characters are added to it."""

    def __init__(self) -> None:
        self._numbers: dict[Shape, int] = {}

    def number(self, glyph: Shape) -> int:
        """Add a glyph to the font, unless it's there, and return its number."""
        return self._numbers.setdefault(glyph, len(self._numbers) + 1)

    def most_for_one_text(self, more: Iterable[Shape]) -> int:
        """Return how many glyphs at most would stand for the same text if there were more."""
        return max(Counter(shape.text for shape in {*self._numbers, *more}).values())

    def embed(self, pdf: PDF, fonts: Mapping[str, bytes], name: str) -> bytes:
        """Add the font to a PDF and return its reference; `fonts` are the files that its outlines come from."""
        file = _add(pdf, Stream([self._file(fonts, name)], compress=True))
        descriptor = Dictionary(
            {
                "Type": "/FontDescriptor",
                "FontName": f"/{name}",
                "Flags": _SYMBOLIC,
                "FontBBox": Array([0, _DESCENT, 1000, _ASCENT]),
                "ItalicAngle": 0,
                "Ascent": _ASCENT,
                "Descent": _DESCENT,
                "CapHeight": _ASCENT,
                "StemV": _STEM,
                "FontFile2": file,
            }
        )
        system = Dictionary({"Registry": String("Adobe"), "Ordering": String("Identity"), "Supplement": 0})
        descendant = Dictionary(
            {
                "Type": "/Font",
                "Subtype": "/CIDFontType2",
                "BaseFont": f"/{name}",
                "CIDSystemInfo": system,
                "CIDToGIDMap": "/Identity",
                "W": Array([1, Array([glyph.width for glyph in self._numbers])]),
                "FontDescriptor": _add(pdf, descriptor),
            }
        )
        font = {
            "Type": "/Font",
            "Subtype": "/Type0",
            "BaseFont": f"/{name}",
            "Encoding": "/Identity-H",
            "DescendantFonts": Array([_add(pdf, descendant)]),
            "ToUnicode": _add(pdf, Stream(list(self._characters()), compress=True)),
        }
        return _add(pdf, Dictionary(font))

    def _characters(self) -> Iterator[bytes]:
        """Give the lines of the map from glyphs to characters."""
        yield _CMAP_HEAD
        pairs = [(number, glyph.text.encode("utf-16-be").hex()) for glyph, number in self._numbers.items()]
        for start in range(0, len(pairs), _IN_ONE_LIST):
            some = pairs[start : start + _IN_ONE_LIST]
            yield f"{len(some)} beginbfchar".encode()
            yield from (f"<{number:04x}> <{text}>".encode() for number, text in some)
            yield b"endbfchar"
        yield _CMAP_END

    def _file(self, fonts: Mapping[str, bytes], name: str) -> bytes:
        """Return the font as a TrueType file."""
        drawn = [TTGlyphPen(None).glyph(), *all_drawn(self._numbers, fonts)]
        names = [".notdef", *(f"g{number}" for number in self._numbers.values())]
        widths = [0, *(glyph.width for glyph in self._numbers)]
        builder = FontBuilder(EM)
        builder.setupGlyphOrder(names)
        builder.setupGlyf(dict(zip(names, drawn, strict=True)))
        starts = [getattr(outlines, "xMin", 0) for outlines in drawn]
        builder.setupHorizontalMetrics(dict(zip(names, zip(widths, starts, strict=True), strict=True)))
        builder.setupHorizontalHeader(ascent=_ASCENT, descent=_DESCENT)
        builder.updateHead(created=0, modified=0)
        builder.font.recalcTimestamp = False
        done = BytesIO()
        builder.save(done)
        return done.getvalue()


def _add(pdf: PDF, thing: Dictionary | Stream) -> bytes:
    """Add an object to a PDF and return its reference."""
    pdf.add_object(thing)
    reference: bytes = thing.reference
    return reference


def all_drawn(glyphs: Iterable[Shape], fonts: Mapping[str, bytes]) -> Iterator[Glyph]:
    """Give the outlines of each glyph; those of letters that other certificates have too are kept.

    They're kept by what is in the font's file: another design may have another font of the same name.
    """
    digests: dict[str, bytes] = {}
    opened: dict[str, Outlines] = {}
    for glyph in glyphs:
        for font in {part.font for part in glyph.parts} - digests.keys():
            digests[font] = sha256(fonts[font]).digest()
        key = (glyph.parts, *(digests[part.font] for part in glyph.parts))
        if key not in _KEPT:
            if len(_KEPT) >= _KEPT_MOST:
                _KEPT.clear()
            for font in {part.font for part in glyph.parts} - opened.keys():
                opened[font] = Outlines(fonts[font])
            _KEPT[key] = _drawn(glyph.parts, opened)
        yield _KEPT[key]


def _drawn(parts: Iterable[Part], sources: Mapping[str, Outlines]) -> Glyph:
    """Return a glyph's outlines, put together from those of its parts."""
    pen = TTGlyphPen(None)
    for part in parts:
        source = sources[part.font]
        recorded, scale = DecomposingRecordingPen(source.set), EM / source.em
        source.set[part.glyph].draw(recorded)
        recorded.replay(TransformPen(Cu2QuPen(pen, 1), (scale, 0, 0, scale, part.x * EM, part.y * EM)))
    return pen.glyph()
