"""Text that is printed: marks shortened, direction controls taken out."""

from __future__ import annotations

import re
import unicodedata

# This many characters of a course text's fingerprint tell it from every other version.
MARK_LENGTH = 12
# These could make a name read otherwise on paper than it was typed.
_DIRECTION_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

# The last line of a paragraph has two words and this many characters at least; more than this many are never bound.
_LINE_LEAST, _BOUND_MOST = 14, 40
_NUMBER_AND_ITS_NOUN = re.compile(r"(?<!\d)(\d{1,2}\.|\d+) (?=[\w%])")


def plain(text: str) -> str:
    """Return the text composed, on one line, without characters that steer the direction of others."""
    shown = (c for c in unicodedata.normalize("NFC", text) if c not in _DIRECTION_CONTROLS)
    return " ".join("".join(shown).split())


def with_numbers(text: str) -> str:
    """Join each number and the word after it with a no-break space."""
    return _NUMBER_AND_ITS_NOUN.sub("\\1\u00a0", text)


def bound(text: str) -> str:
    """Join a paragraph's last words with no-break spaces, so that no short word is alone on the last line."""
    *words, end = with_numbers(text).split(" ")
    count = 1
    while words and (count < 2 or len(end) < _LINE_LEAST) and len(words[-1]) + len(end) < _BOUND_MOST:
        end, count = f"{words.pop()}\u00a0{end}", count + 1
    return " ".join((*words, end))
