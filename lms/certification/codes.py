"""Certificate codes: how they are made, read back from what someone typed, and shown in groups."""

from __future__ import annotations

import secrets
from collections.abc import Callable

# Crockford's base 32 leaves out I, L, O and U: no look-alikes, and no word is spelt by accident.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
BITS = 80

_BITS_A_CHARACTER = BITS // LENGTH
_GROUP = 4
_LOOK_ALIKES = str.maketrans("OIL", "011")
# People copy codes out of mails and PDF files, where spaces and hyphens take many shapes.
_DASHES = "-\u00ad\u2010\u2011\u2012\u2013\u2014\u2212"


def new_code(randbits: Callable[[int], int] = secrets.randbits) -> str:
    """Return a fresh code that cannot be guessed from any other."""
    number = randbits(BITS)
    digits = []
    for _place in range(LENGTH):
        digits.append(ALPHABET[number % len(ALPHABET)])
        number >>= _BITS_A_CHARACTER
    return "".join(reversed(digits))


def normalise_code(text: str) -> str | None:
    """Return the code that someone meant, or None when the text cannot be one."""
    bare = "".join(c for c in text if not c.isspace() and c not in _DASHES)
    # Bare ASCII only: upper-casing other letters may change how many there are.
    if len(bare) != LENGTH or not bare.isascii():
        return None
    code = bare.upper().translate(_LOOK_ALIKES)
    return code if all(c in ALPHABET for c in code) else None


def grouped(code: str) -> str:
    """Return the code as it is printed, in groups of four that are easy to read aloud."""
    return " ".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))
