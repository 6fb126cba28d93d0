"""Reads what a conversation remembers: the terms of a reply, a condition in bold, and what an end needs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lms.content.model.conversation import Condition

MOST_FACTS = 10
_TERM = re.compile(r"(?P<verb>sets|needs|if|unless|answers)\s+(?P<names>.+)", re.IGNORECASE | re.DOTALL)
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_BOLD = re.compile(r"\*\*(?P<terms>[^*]+?):?\*\*:?\s*")


@dataclass(frozen=True)
class Terms:
    """What was read: facts that are set, needed, excluded or answered."""

    sets: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()

    @property
    def when(self) -> Condition:
        """The condition that they make."""
        return Condition(frozenset(self.needs), frozenset(self.unless))

    @property
    def names(self) -> tuple[str, ...]:
        """Every fact that is named, in its order."""
        return (*self.sets, *self.needs, *self.unless, *self.answers)


def read_terms(parts: Iterable[str]) -> Terms | None:
    """Read terms such as “sets a and b” or “unless a or b”; None where one of them can't be read."""
    found: dict[str, list[str]] = {"sets": [], "needs": [], "unless": [], "answers": []}
    for part in parts:
        term = _TERM.fullmatch(part.strip())
        if term is None:
            return None
        verb = term["verb"].lower().replace("if", "needs")
        # Joined anew: a pattern of spaces would take minutes on a line that is nothing but spaces.
        names = " ".join(term["names"].split()).split(" or " if verb == "unless" else " and ")
        if not all(_NAME.fullmatch(name) for name in names):
            return None
        found[verb] += names
    return Terms(**{verb: tuple(names) for verb, names in found.items()})


def read_bold(text: str) -> tuple[Terms, str] | None:
    """Read the terms in bold that start a paragraph, such as “**If a, unless b:**”, and return what follows them."""
    bold = _BOLD.match(text)
    terms = read_terms(bold["terms"].split(",")) if bold else None
    return (terms, text[bold.end() :]) if bold and terms else None


def read_end(words: str) -> tuple[bool, tuple[str, ...]]:
    """Read what front matter says of an end: whether it's good, and the facts that it needs."""
    kind, _, needs = words.partition(" ")
    terms = read_terms([needs]) if needs else None
    return kind == "good", terms.needs if terms else ()
