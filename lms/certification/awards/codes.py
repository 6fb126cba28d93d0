"""Certificate codes: how they are made, read back from what someone typed, and shown in groups."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable
from urllib.parse import unquote

# Crockford's base 32 leaves out I, L, O and U: no look-alikes, and no word is spelt by accident.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
BITS = 80

_BITS_A_CHARACTER = BITS // LENGTH
_GROUP = 4
_LOOK_ALIKES = str.maketrans("OIL", "011")
# People copy codes out of emails, chats and PDF files, where spaces and hyphens take many shapes, characters that don't
# show come along, and the code stands in a sentence or an address.
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u30fb\uff0d"
_DASHES_PLAIN = str.maketrans(dict.fromkeys(_DASHES, "-"))
_AROUND = " \t\r\n.,;:!?·…'\"`´()[]{}<>*_|«»‹›“”„‘’‚。、，！？：；"
_ADDRESS = re.compile(r"/(?:v|verify|badges|certificates)/([^/?#\s]+)", re.IGNORECASE)
_LABEL = re.compile(r"^(?:[^:：]{0,60}[:：]|\s*(?:certificate\s+)?(?:code|number|no\.|id)\b[\s.#]*)", re.IGNORECASE)
# Within a sentence a code is four groups with the same sign between them, or sixteen characters; it has a figure, which
# keeps four words of four letters from being taken for one.
_GROUPS = re.compile(
    r"(?<![0-9A-Za-z])(?=[A-Za-z]*[0-9])(?:[0-9A-Za-z]{16}|[0-9A-Za-z]{4}(?:([ \-_./·•,]{1,3})[0-9A-Za-z]{4}){3})"
    r"(?![0-9A-Za-z])"
)
_LONGEST = 4000
_BETWEEN = re.compile(rf"[\s{re.escape(''.join(_DASHES))}]+")
_LETTERS = frozenset(ALPHABET)


def new_code(randbits: Callable[[int], int] = secrets.randbits) -> str:
    """Return a fresh code that cannot be guessed from any other."""
    number = randbits(BITS)
    digits = []
    for _place in range(LENGTH):
        digits.append(ALPHABET[number % len(ALPHABET)])
        number >>= _BITS_A_CHARACTER
    return "".join(reversed(digits))


def normalise_code(text: str) -> str | None:
    """Return the code that someone meant, or None when the text cannot be one.

    The text may be a whole address with or without what stands behind its #, or have a label like "Code:" before it.
    """
    plain = _as_code(text) if text.isascii() and len(text) <= 2 * LENGTH else None
    if plain is not None:
        return plain
    shown = "".join(c for c in text[:_LONGEST] if unicodedata.category(c) not in {"Cf", "Mn"})
    typed = unicodedata.normalize("NFKC", shown).strip(_AROUND)
    address = _ADDRESS.search(typed)
    named = unquote(address[1]) if address else typed
    return _as_code(named) or _as_code(_LABEL.sub("", named, count=1)) or _within(typed)


def _within(text: str) -> str | None:
    """Return the one code that stands in a sentence, an address or a file's name; None where there are several."""
    plain = re.sub(r"[^\S ]", " ", text.translate(_DASHES_PLAIN))
    found: set[str | None] = set()
    for place in range(len(plain)):
        match = _GROUPS.match(plain, place)
        # As it is printed, with spaces, it has capitals only: "2026 they were here" is none.
        if match and not (" " in match[0] and match[0] != match[0].upper()):
            found.add(_as_code(re.sub(r"[^0-9A-Za-z]", "", match[0])))
    found.discard(None)
    return found.pop() if len(found) == 1 else None


def _as_code(text: str) -> str | None:
    bare = _BETWEEN.sub("", text.strip(_AROUND))
    # Bare ASCII only: upper-casing other letters may change how many there are.
    if len(bare) != LENGTH or not bare.isascii():
        return None
    code = bare.upper().translate(_LOOK_ALIKES)
    return code if _LETTERS.issuperset(code) else None


def grouped(code: str) -> str:
    """Return the code as it is printed, in groups of four that are easy to read aloud."""
    return " ".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))
