"""Names in a list: a key to sort them by the rules of a language, and one to find them whatever accents they carry."""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import combining, normalize

# Letters that Unicode does not take apart, as people without them on their keyboard write them.
_WRITTEN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})
_JOINED = re.compile(r"[’'ʼ`´]")
# Where a language has letters of its own: each chain says after which letter they come (CLDR, root order elsewhere).
_AFTER_Z = ("zåäö",)
_NORDIC = ("zæøå",)
_OWN_LETTERS: dict[str, tuple[str, ...]] = {
    "cs": ("cč", "rř", "sš", "zž"),
    "da": _NORDIC,
    "es": ("nñ",),
    "et": ("sšzž", "võäöü"),
    "fi": _AFTER_Z,
    "hr": ("cčć", "dđ", "sš", "zž"),
    "hu": ("oö", "uü"),
    "nb": _NORDIC,
    "nn": _NORDIC,
    "no": _NORDIC,
    "pl": ("aą", "cć", "eę", "lł", "nń", "oó", "sś", "zźż"),
    "sk": ("aä", "cč", "oô", "sš", "zž"),
    "sl": ("cčć", "sš", "zž"),
    "sv": _AFTER_Z,
    "tr": ("cç", "gğ", "hı", "oö", "sş", "uü"),
}


def _plain(letters: str) -> str:
    return "".join(sign for sign in normalize("NFKD", letters).translate(_WRITTEN) if not combining(sign))


def search_key(text: str) -> str:
    """Return a text as a search compares it: small letters without accents or apostrophes, one space between words."""
    return " ".join(_JOINED.sub("", _plain(text.casefold())).split())


def found_in(search: str, text: str) -> bool:
    """Decide whether every word of a search stands in a text, in any order, with or without its accents."""
    key = search_key(text)
    return all(word in key for word in search_key(search).split())


@lru_cache(maxsize=32)
def _places(language: str) -> dict[str, str]:
    """Return what a language's own letters sort as: the letter before them, and a mark that comes after all others."""
    chains = _OWN_LETTERS.get(language.replace("_", "-").partition("-")[0], ())
    return {letter: chain[0] + "\U0010ffff" * place for chain in chains for place, letter in enumerate(chain) if place}


def sort_key(text: str, language: str) -> tuple[str, str]:
    """Return the key that puts names in the order of a language; accents and capitals decide between equals only."""
    places = _places(language)
    letters = normalize("NFC", text.casefold() if language != "tr" else text.replace("I", "ı").casefold())
    key = "".join(places.get(letter) or _plain(letter) for letter in letters if letter.isalnum() or letter == " ")
    return key, normalize("NFC", text)
