"""Tidy names as people type and paste them: remove invisible characters, except those that change how a name looks."""

from __future__ import annotations

import unicodedata

# Marks that only direct the text around them, soft hyphens, and the byte order mark that a paste brings along.
LEFT_OUT = frozenset("\u00ad\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
# Scripts in which a selector asks for another form of a letter, as names have them.
_WITH_FORMS = ("CJK", "MYANMAR", "PHAGS-PA", "MONGOLIAN")
_HAN_PLANES = ("\U00020000", "\U0003fffd")


def tidy_name(name: str) -> str:
    """Return a name in NFC, without direction marks, soft hyphens and selectors that select nothing.

    A selector that belongs to a letter stays, as in 葛󠄀城, and so do the joiners that scripts need.
    """
    kept = ""
    for sign in unicodedata.normalize("NFC", name):
        if sign not in LEFT_OUT and not (is_selector(sign) and not takes_selector(kept[-1:])):
            kept += sign
    return kept.strip()


def is_selector(sign: str) -> bool:
    """Return whether a character only says which form the one before it has."""
    return "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef"


def takes_selector(sign: str) -> bool:
    """Return whether a character has other forms that a selector can ask for: those of names, and pictures."""
    if not sign or unicodedata.category(sign) in {"So", "Sk"}:
        return bool(sign)
    return _HAN_PLANES[0] <= sign <= _HAN_PLANES[1] or unicodedata.name(sign, "").startswith(_WITH_FORMS)


def as_shown(letter: str) -> str:
    """Return a character as a page can show it: as its code if it's private-use or newer than our Unicode tables."""
    boxes = any(unicodedata.category(sign) in {"Co", "Cn"} for sign in letter)
    return " ".join(f"U+{ord(sign):04X}" for sign in letter) if boxes else letter
