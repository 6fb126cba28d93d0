"""Parts of a course that are read by themselves, and what each asked for while it was read.

A part is a lesson with its gentler version, a conversation, the check and so on. Whatever it reads goes through a
`Tracked` mapping, which notes each question with its answer, so that a part is read again only when an answer would be
another one now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from lms.content.model.bundle import Files, is_medium
from lms.content.model.report import Finding
from lms.content.reader.reading import Sentence

V = TypeVar("V")
Key = tuple[Any, ...]
# The state before the last edit is often the next one: an undo, or front matter that breaks while somebody types.
STATES_KEPT = 3


class Answers(NamedTuple):
    """What one part asked of one mapping, and how it was answered; None where it didn't ask."""

    values: dict[str, Any]
    keys: tuple[str, ...] | None
    some: bool | None


class Tracked(Mapping[str, V]):
    """A mapping that notes each question and its answer.

    Until it is settled it takes no notes: course.md asks what course.md itself says.
    """

    def __init__(self, known: Mapping[str, V] | None = None) -> None:
        self.known: Mapping[str, V] = known or {}
        self._settled = known is not None
        self.note_anew()

    def settle(self, known: Mapping[str, V]) -> None:
        """From here on, all parts are answered from this."""
        self.known, self._settled = known, True

    def note_anew(self) -> None:
        """Begins the notes of the next part."""
        self._values: dict[str, V | str | None] = {}
        self._keys: tuple[str, ...] | None = None
        self._some: bool | None = None

    def noted(self) -> Answers:
        """The questions since the notes began, with their answers; ends these notes."""
        found = Answers(self._values, self._keys, self._some) if self._settled else Answers({}, None, None)
        self.note_anew()
        return found

    def still(self, answers: Answers) -> bool:
        """True when each question would be answered in the same way now."""
        return (
            (answers.some is None or answers.some is bool(self.known))
            and (answers.keys is None or answers.keys == tuple(self.known))
            and all(self.answer(key) == value for key, value in answers.values.items())
        )

    def answer(self, key: str) -> V | str | None:
        """What is noted of a question: its answer, or something that is the same as long as the answer is."""
        return self.known.get(key)

    def __getitem__(self, key: str) -> V:
        self._values[key] = self.answer(key)
        return self.known[key]

    def __contains__(self, key: object) -> bool:
        name = str(key)
        value = self._values[name] = self.answer(name)
        return value is not None

    def __iter__(self) -> Iterator[str]:
        self._keys = tuple(self.known)
        return iter(self._keys)

    def __len__(self) -> int:
        self._keys = tuple(self.known)
        return len(self._keys)

    def __bool__(self) -> bool:
        self._some = bool(self.known)
        return self._some


class TrackedFiles(Tracked[bytes]):
    """The files of a course; of a medium its digest is noted, so that it's read only once."""

    def __init__(self, files: Files) -> None:
        super().__init__(files)
        self._files = files

    def beginning(self, key: str, most: int) -> bytes:
        """Return the first bytes of a file."""
        self._values[key] = self.answer(key)
        return self._files.beginning(key, most)

    def answer(self, key: str) -> bytes | str | None:
        """Return what is noted of a file: its bytes, or the digest of a medium."""
        return self._files.digest(key) if is_medium(key) and key in self._files else self._files.get(key)


class Link(NamedTuple):
    """Where a link on a page leads, and the place at which it is written."""

    href: str
    line: int
    column: int


@dataclass(frozen=True)
class Proofread:
    """What proofreading found on one page that only matters once the whole course is put together."""

    role: str
    path: str
    line: int
    links: tuple[Link, ...] = ()
    anchors: frozenset[str] = frozenset()
    promises: tuple[Finding, ...] = ()
    sentences: Sequence[Sentence] = ()
    grade: float | None = None


@dataclass(frozen=True)
class Part:
    """One part as it was read: its value, findings and ids, and all that it asked for."""

    value: Any
    findings: tuple[Finding, ...]
    claims: tuple[tuple[str, str, int], ...]
    proofread: tuple[Proofread, ...]
    answers: tuple[Answers, ...]


class PartMemory:
    """The parts of one course as they were read before, newest first."""

    def __init__(self) -> None:
        self._parts: dict[Key, list[Part]] = {}
        self._used: dict[Key, list[Part]] = {}

    def find(self, key: Key, tracked: Sequence[Tracked[Any]]) -> Part | None:
        """The part as it would be read now; None when it has to be read."""
        for part in self._parts.get(key, ()):
            if all(mapping.still(answers) for mapping, answers in zip(tracked, part.answers, strict=True)):
                return part
        return None

    def keep(self, key: Key, part: Part) -> None:
        """Remembers a part that was read, or found, in this run."""
        others = [other for other in self._parts.get(key, ()) if other is not part]
        self._used[key] = [part, *others][:STATES_KEPT]

    def end_run(self) -> None:
        """Forgets what this run had no use for, such as files that are gone."""
        self._parts, self._used = self._used, {}
