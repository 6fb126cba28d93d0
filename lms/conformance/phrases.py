"""Find the phrases of phrases.toml that a page shouldn't use, except in quotes and where they're negated."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from lms.conformance.languages import Text, lines_of

LANGUAGES = ("en", "es", "fr", "de")
FILE = Path(__file__).parent / "phrases.toml"
NUMBER = r"\d+(?:[.,:]\d+)*"
QUOTED = re.compile(r"“[^”\n]{1,200}”|„[^“”\n]{1,200}[“”]|«[^»\n]{1,200}»|‹[^›\n]{1,200}›|\"[^\"\n]{1,200}\"")
SENTENCE_ENDS = r"[^.!?\n]"
BEFORE, AFTER = 40, 26


@cache
def _lists() -> dict[str, dict[str, Any]]:
    data: dict[str, dict[str, Any]] = tomllib.loads(FILE.read_text("utf-8"))
    return data


def _expression(phrase: str) -> str:
    """Return a regular expression for a phrase as the file writes it."""
    parts = re.split(r"(#|\*|\(|\)|\||\s+)", _plain(phrase))
    written = {"#": NUMBER, "*": r"[\w'-]*", "(": "(?:", ")": ")", "|": "|"}
    return "".join(r"\s+" if part.isspace() else written.get(part) or re.escape(part) for part in parts if part)


def _plain(text: str) -> str:
    """Return text in lower case without accents, with one kind of apostrophe, and as long as it was."""
    letters = (unicodedata.normalize("NFD", letter)[0] for letter in unicodedata.normalize("NFC", text))
    return "".join(letters).translate({0x2019: "'", 0x02BC: "'", 0xA0: " ", 0x202F: " "}).lower()


def _any_of(phrases: list[str]) -> str:
    return rf"(?<![\w]){'(?:' + '|'.join(map(_expression, phrases)) + ')'}(?![\w])"


@cache
def _pattern(name: str, language: str) -> re.Pattern[str]:
    return re.compile(_any_of(_lists()[name].get(language, []) or ["\0"]))


@cache
def _negation() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the words that negate a phrase after them or before them, in all languages, because pages mix them."""
    words = _lists()["negated"].values()
    first, last = [[word for one in words for word in one[side]] for side in ("before", "after")]
    before = rf"{_any_of(first)}(?!,|\s+(?:only|solo|seulement|nur)\b){SENTENCE_ENDS}{{0,{BEFORE}}}$"
    return re.compile(before), re.compile(rf"^[^.!?\n,;:–]{{0,{AFTER}}}{_any_of(last)}")


def list_phrases(name: str, texts: Sequence[Text]) -> Iterator[str]:
    """Yield the phrases of a list that texts have; skip quotes and promises such as “no points, no ranks”."""
    seen: set[str] = set()
    for language, lines in groupby(lines_of(texts), key=lambda line: line.language):
        found = _in_words(name, "\n".join(line.words for line in lines), language)
        for phrase in found:
            if phrase not in seen:
                seen.add(phrase)
                yield phrase


def _in_words(name: str, words: str, spoken: str) -> Iterator[str]:
    """Yield what the lists find in words of one language.

    A single word of another list may be another word here (“quitter”), so only its own language's list has it. Longer
    phrases count in every language, because pages mix them without saying so.
    """
    text = unicodedata.normalize("NFC", words)
    plain = QUOTED.sub(lambda quote: "\0" * len(quote[0]), _plain(text))
    before, after = _negation()
    for language in LANGUAGES:
        for found in _pattern(name, language).finditer(plain):
            start, end = found.span()
            if spoken not in ("", language) and len(found[0].split()) == 1:
                continue
            if not before.search(plain[max(0, start - 2 * BEFORE) : start]) and not after.search(plain[end : end + 60]):
                yield f"“{' '.join(text[start:end].split())}”"
