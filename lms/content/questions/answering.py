"""Values that all question kinds share: what is shown, grading, and opaque tokens for options."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from lms.content.model.question import Question

Answer = Any  # "2", ["1", "3"], {"1": 2} or {"1": "2"}: plain values that JSON can hold
Thing = TypeVar("Thing")


class Fields(Protocol):
    """A sent form: any mapping that can list all values of a name."""

    def getlist(self, name: str, /) -> Sequence[str]:
        """All values sent under that name."""


@dataclass(frozen=True)
class Item:
    """Something to choose, under a token that tells neither its place nor its worth."""

    token: str
    text: str


@dataclass(frozen=True)
class Presented:
    """A question as a learner may see it: no key, no reasons, no ids of options."""

    id: str
    kind: str
    stem: str
    objectives: tuple[str, ...]
    critical: bool
    items: tuple[Item, ...] = ()
    rights: tuple[Item, ...] = ()
    choose: int | None = None


@dataclass(frozen=True)
class Note:
    """What is said of one choice; both texts are safe HTML, and the reason may be empty."""

    chosen: str
    right: bool
    reason: str


@dataclass(frozen=True)
class Graded:
    """Whether the answer is wholly right, what is said of each choice, and what would fit better."""

    right: bool
    notes: tuple[Note, ...] = ()
    better: tuple[Note, ...] = ()
    part: str | None = None


def shown(question: Question, kind: str, **parts: Any) -> Presented:
    """A presented question with what all kinds share."""
    return Presented(question.id, kind, question.stem, question.objectives, question.critical, **parts)


def tokens(question: Question, seed: int, ids: Iterable[str], side: str = "") -> dict[str, str]:
    """Opaque names for positions under this seed, which tell neither a place nor its worth."""
    return {id: lot[:5].hex() for id, lot in _lots(question, seed, ids, f"token|{side}").items()}


def positions(question: Question, seed: int, ids: Iterable[str], side: str = "") -> dict[str, str]:
    """Position ids by their tokens: the way back from a sent form."""
    return {token: id for id, token in tokens(question, seed, ids, side).items()}


def shuffled(question: Question, seed: int, things: Mapping[str, Thing], side: str = "") -> list[Thing]:
    """The things in an order that depends on nothing but the seed, the question and their position ids."""
    lots = _lots(question, seed, things, f"place|{side}")
    return [things[id] for id in sorted(things, key=lots.__getitem__)]


def picked_texts(shown: Presented, picked: Collection[str]) -> list[str]:
    """Return the texts of the items whose tokens were picked, in the order of the page."""
    return [item.text for item in shown.items if item.token in picked]


def field_name(question: Question, name: str = "") -> str:
    """The name of a form field of this question."""
    return f"q-{question.id}-{name}" if name else f"q-{question.id}"


def _lots(question: Question, seed: int, ids: Iterable[str], use: str) -> dict[str, bytes]:
    """Eight bytes for each position, out of one hash that nobody can make without the seed."""
    ids = tuple(ids)
    made = hashlib.shake_256(f"{seed}|{use}|{question.id}|{','.join(ids)}".encode()).digest(8 * len(ids))
    return {id: made[8 * place : 8 * place + 8] for place, id in enumerate(ids)}
