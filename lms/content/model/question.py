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
    """One question with its key; all texts are safe HTML without an outer paragraph.

    `jurisdiction` is the two-letter code (ISO 3166-1) of the country whose law it tests; only checks of programmes in
    that country draw it.
    """

    id: str
    stem: str
    objectives: tuple[str, ...]
    body: Body
    critical: bool = False
    group: str | None = None
    fixed: bool = False
    path: str = ""
    line: int = 0
    jurisdiction: str | None = None

    @property
    def everywhere(self) -> bool:
        """True when the question is about no single country's law."""
        return self.jurisdiction is None

    @property
    def drawable(self) -> bool:
        """True when the check may draw it."""
        return self.body.drawable
