"""Check that a font file is complete, and read its characters with little memory."""

from __future__ import annotations

import logging
import struct
from array import array
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

log = logging.getLogger("lms.certification")


# The letters that only one language has: kana, bopomofo, hangul; and the characters that several share.
KANA, BOPOMOFO = range(0x3041, 0x3100), range(0x3105, 0x3130)
HANGUL = (range(0x1100, 0x1200), range(0x3131, 0x3190), range(0xA960, 0xA980), range(0xAC00, 0xD800))
HAN = (range(0x2E80, 0x2FE0), range(0x3400, 0xA000), range(0xF900, 0xFB00), range(0x20000, 0x33480))


def is_hangul(code: int) -> bool:
    """Return whether a code point is a letter or syllable of Korean."""
    return any(code in block for block in HANGUL)


def is_east_asian(text: str) -> bool:
    """Return whether any character is one for which the extra brings fonts: han, hangul or bopomofo."""
    return any(code in block for code in map(ord, text) for block in (*HAN, *HANGUL, BOPOMOFO))


class Characters:
    """A set of code points, kept as where its runs start and end: a font of 30,000 takes 40 KB rather than 2 MB."""

    def __init__(self, codes: Iterable[int] = ()) -> None:
        self.starts, self.ends = array("L"), array("L")
        for code in sorted(codes):
            if self.ends and self.ends[-1] == code - 1:
                self.ends[-1] = code
            else:
                self.starts.append(code)
                self.ends.append(code)

    def __contains__(self, code: int) -> bool:
        place = bisect_right(self.starts, code) - 1
        return place >= 0 and code <= self.ends[place]


NONE = Characters()
# The start of a TrueType or OpenType file: its kind and the number of its tables, and a record of each.
_HEAD, _TABLE = struct.Struct(">4sH6x"), struct.Struct(">4sLLL")
_KINDS = (b"\x00\x01\x00\x00", b"OTTO")


def is_whole(font: Path) -> bool:
    """Return whether a file is a font that holds every table it names; a copy that broke off doesn't."""
    try:
        with font.open("rb") as opened:
            kind, count = _HEAD.unpack(opened.read(_HEAD.size))
            tables = [_TABLE.unpack(opened.read(_TABLE.size)) for _number in range(count)]
            size = opened.seek(0, 2)
    except (OSError, struct.error):
        return False
    return kind in _KINDS and bool(tables) and all(start + length <= size for _tag, _sum, start, length in tables)


@lru_cache(maxsize=128)
def characters_of(font: Path, changed: int) -> Characters:
    """Return the code points that a font file holds glyphs for; none for a file that can't be read."""
    # Imported here because web workers know designs but seldom look into their fonts: 11 ms and 0.7 MB.
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with TTFont(font, lazy=True) as opened:
            return Characters(opened.getBestCmap() or ())
    except (OSError, TTLibError, AssertionError, ValueError, KeyError) as damage:
        log.warning("the font %s can’t be read: %r", font, damage)
        return NONE
