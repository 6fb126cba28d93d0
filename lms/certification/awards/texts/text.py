"""Text that is printed: marks shortened, direction controls taken out."""

from __future__ import annotations

import unicodedata

# This many characters of a course text's fingerprint tell it from every other version.
MARK_LENGTH = 12
# These could make a name read otherwise on paper than it was typed.
_DIRECTION_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain(text: str) -> str:
    """Return the text composed, on one line, without characters that steer the direction of others."""
    shown = (c for c in unicodedata.normalize("NFC", text) if c not in _DIRECTION_CONTROLS)
    return " ".join("".join(shown).split())
