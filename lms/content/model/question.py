"""A question as frozen values; what its kind adds is a subclass of `Body` in the module of that kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Option:
    """A choice of a question; `id` is its position in the source, counted from "1"."""

    id: str
    text: str
    reason: str
    right: bool = False


@dataclass(frozen=True)
class Body:
    """What a question asks and its key; each kind has a subclass in its own module."""

    kind: ClassVar[str]
    drawable: ClassVar[bool] = True


@dataclass(frozen=True)
class Question:
    """One question with its key; all texts are safe HTML without an outer paragraph."""

    id: str
    stem: str
    objectives: tuple[str, ...]
    body: Body
    critical: bool = False
    group: str | None = None
    fixed: bool = False
    path: str = ""
    line: int = 0

    @property
    def drawable(self) -> bool:
        """True when the check may draw it."""
        return self.body.drawable
