"""Titles, degrees and professions in a name, which this site can't vouch for; the words are in `titles.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from lms.certification.awards.rules import plain_name

_APART = re.compile(r"[,;()\[\]/|،、，（）]")
# What people put between a name and a title, and what is left at its end without the title.
_BETWEEN = " -–—·•:*&+_"
_PIECES = re.compile(r"[\s.\-’'\"״׳]+")
# First names and family names return with many people, so a list of people asks about most words again.
_WORDS_KEPT = 20_000


@dataclass(frozen=True)
class Titles:
    """Titles, normalised as names are for comparison, by the place in a name where they count."""

    before: frozenset[str]
    after: frozenset[str]
    anywhere: frozenset[str]
    ending: tuple[str, ...]
    # All of the first three, and those that count before a name or anywhere; uniting them for each word takes a while.
    either: frozenset[str]
    in_front: frozenset[str]


@cache
def known_titles() -> Titles:
    """Return the titles of all languages, read once."""
    languages = list(tomllib.loads((Path(__file__).parent / "titles.toml").read_text("utf-8")).values())

    def of(place: str) -> frozenset[str]:
        return frozenset(plain_name(title) for language in languages for title in language.get(place, ()))

    endings = {title for language in languages for title in language.get("ending", ())}
    before, after, anywhere = of("before"), of("after"), of("anywhere")
    return Titles(before, after, anywhere, tuple(sorted(endings)), before | after | anywhere, before | anywhere)


def titles_in(name: str) -> tuple[str, ...]:
    """Return the titles in a name as they're written, with adjacent ones as one text."""
    return tuple(" ".join(words) for is_title, words in _runs(name) if is_title)


def without_titles(name: str) -> str:
    """Return a name without its titles and their punctuation; an empty string if that leaves no name."""
    return " ".join(word for is_title, words in _runs(name) if not is_title for word in words).strip(_BETWEEN)


def claims_more(name: str) -> bool:
    """Decide whether a name seems to have more in it than a name: a title, or something set off by punctuation."""
    return bool(_APART.search(name)) or bool(titles_in(name))


def _runs(name: str) -> Iterator[tuple[bool, list[str]]]:
    """Yield the words of a name in runs: whether they are titles, and the words."""
    run: tuple[bool, list[str]] | None = None
    for word, is_title in zip(_words(name), _marked(name), strict=True):
        if run and run[0] == is_title:
            run[1].append(word)
            continue
        if run:
            yield run
        run = is_title, [word]
    if run:
        yield run


def _words(part: str) -> list[str]:
    return [piece for word in _APART.sub(" ", part).split() for piece in _split_attached(word)]


def _split_attached(word: str) -> list[str]:
    """Return a word in two where a title is written together with a name, as in "Dr.Sam" and 王小明医生."""
    titles = known_titles()
    front, stop, rest = word.partition(".")
    if _is_one(word, titles.either):
        return [word]
    if rest and _is_one(front, titles.in_front):
        return [front + stop, *_split_attached(rest)]
    if not word.endswith(titles.ending):
        return [word]
    ending = next((each for each in titles.ending if word.endswith(each) and word != each), "")
    return [word.removesuffix(ending), ending] if ending else [word]


def _marked(name: str) -> list[bool]:
    """Return for each word of a name whether it's a title in that place; a name of one word never is."""
    main, *apart = (_words(part) for part in _APART.split(name))
    titles, words = known_titles(), [*main, *(word for part in apart for word in part)]
    if len(words) < 2:
        return [False] * len(words)
    marked = [_is_one(word, titles.anywhere) or word in titles.ending for word in main]
    _mark_run(main, marked, range(len(main)), titles.before)
    _mark_run(main, marked, range(len(main) - 1, 0, -1), titles.after)
    return [*marked, *(_is_one(word, titles.either) or word in titles.ending for word in words[len(main) :])]


def _mark_run(words: list[str], marked: list[bool], places: range, titles: frozenset[str]) -> None:
    """Mark titles from one end of a name, up to the first word that isn't one."""
    for place in places:
        marked[place] = marked[place] or _is_one(words[place], titles)
        if not marked[place]:
            return


def _is_one(word: str, titles: frozenset[str]) -> bool:
    """Decide whether a word is a title, as a whole as in "Ph.D." or in each of its pieces as in "Prof.Dr."."""
    whole, pieces = _plain_forms(word)
    return whole in titles or (bool(pieces) and titles.issuperset(pieces))


@lru_cache(maxsize=_WORDS_KEPT)
def _plain_forms(word: str) -> tuple[str, tuple[str, ...]]:
    """Return a word and its pieces, normalised as names are for comparison."""
    return plain_name(word), tuple(plain for piece in _PIECES.split(word) if (plain := plain_name(piece)))
