"""What passes between a question and who answers it: what is shown, what is told, and tokens that say nothing."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol, TypeVar

from lms.content.course import Question

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
    fits: bool
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


def token(question: Question, seed: int, position: str, side: str = "") -> str:
    """An opaque name for one position under this seed."""
    return _digest(seed, f"token|{side}", question.id, position).hexdigest()[:10]


def positions(question: Question, seed: int, ids: Sequence[str], side: str = "") -> dict[str, str]:
    """Position ids by their tokens: the way back from a sent form."""
    return {token(question, seed, id, side): id for id in ids}


def shuffled(question: Question, seed: int, things: Mapping[str, Thing], side: str = "") -> list[Thing]:
    """The things in an order that depends on nothing but the seed, the question and their position ids."""
    return [
        things[id] for id in sorted(things, key=lambda id: _digest(seed, f"place|{side}", question.id, id).digest())
    ]


def field_name(question: Question, name: str = "") -> str:
    """The name of a form field of this question."""
    return f"q-{question.id}-{name}" if name else f"q-{question.id}"


def _digest(seed: int, use: str, id: str, position: str) -> hmac.HMAC:
    made = _begun(seed).copy()
    made.update(f"{use}|{id}|{position}".encode())
    return made


@lru_cache(maxsize=64)
def _begun(seed: int) -> hmac.HMAC:
    """The key's part of all digests of an attempt, of which a page asks for some eighty."""
    return hmac.new(str(seed).encode(), digestmod=hashlib.sha256)
