"""Graphemes: a text split into what readers see as one character each."""

from __future__ import annotations

import unicodedata

_JOINER = "\u200d"
# Signs that stack the consonant after them below the one before: the viramas of India's and South East Asia's scripts.
_STACKING = 9


def whole_letters(text: str) -> list[str]:
    """Return the letters of a text with their marks, joined emoji and pairs of regional signs, each in one piece.

    The common cases of Unicode's extended grapheme clusters (UAX 29); an odd sequence comes out in smaller parts, and
    nothing is lost: joined together, the letters are the text in NFC.
    """
    letters: list[str] = []
    for sign in unicodedata.normalize("NFC", text):
        if letters and _goes_with(letters[-1], sign):
            letters[-1] += sign
        else:
            letters.append(sign)
    return letters


def _goes_with(letter: str, sign: str) -> bool:
    """Decide whether a sign belongs to the letter before it."""
    last = letter[-1]
    if letter.isspace() or unicodedata.category(last) == "Cc":
        return False
    is_mark = unicodedata.category(sign)[0] == "M" or sign in {_JOINER, "\u200c", "\u0e33", "\u0eb3"}
    is_tone = "\U0001f3fb" <= sign <= "\U0001f3ff" or "\U000e0020" <= sign <= "\U000e007f"
    stacked = unicodedata.combining(last) == _STACKING and unicodedata.category(sign) == "Lo"
    emoji = last == _JOINER and unicodedata.category(sign) in {"So", "Sk"}
    flag = len(letter) == 1 and all("\U0001f1e6" <= each <= "\U0001f1ff" for each in (letter, sign))
    jamo = "\u1100" <= last <= "\u11ff" and "\u1160" <= sign <= "\u11ff"
    return is_mark or is_tone or stacked or emoji or flag or jamo
