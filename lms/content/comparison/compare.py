"""Compares two versions of a course: which pieces are new, gone, changed or moved, and which words in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, TypeAlias

from lms.content.comparison.passages import Kind, Passage, Piece, pieces_of
from lms.content.model.course import Course

State: TypeAlias = Literal["same", "added", "removed", "changed"]
# A word, one character of a script that is written without spaces, or anything else.
_WORD = re.compile(
    r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]|[^\W\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]+|\s+|[^\w\s]"
)
# How alike two passages are so that they are one that changed; less is one that went and one that came.
_ALIKE = 0.4


@dataclass(frozen=True)
class Run:
    """Some words in a row that are the same, added or removed."""

    state: State
    text: str


@dataclass(frozen=True)
class Row:
    """A passage that stayed, came, went or changed; `roles` holds the earlier role too where it's another."""

    state: State
    roles: tuple[str, ...]
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Difference:
    """A piece of a course in both versions, or in one."""

    kind: Kind
    id: str
    title: str
    state: State
    rows: tuple[Row, ...]
    moved: bool = False
    path: str = ""

    @property
    def is_untouched(self) -> bool:
        """True when nothing about it differs."""
        return self.state == "same" and not self.moved

    @property
    def looks_the_same(self) -> bool:
        """True when it changed in another way than by its words, such as bold type or where a reply leads."""
        return self.state == "changed" and all(row.state == "same" for row in self.rows)


def compare(known: Course, newest: Course) -> tuple[Difference, ...]:
    """Return the pieces of both versions, in the order of the newer one; what went stands where it was."""
    before, after = pieces_of(known), pieces_of(newest)
    old = {_key(piece): piece for piece in before}
    moved = _moved([_key(piece) for piece in before], [_key(piece) for piece in after])
    moved |= {_key(piece) for piece in after if (was := old.get(_key(piece))) and was.place != piece.place}
    found = [_difference(old.get(_key(piece)), piece, moved=_key(piece) in moved) for piece in after]
    for place, piece in enumerate(before):
        if all(_key(other) != _key(piece) for other in after):
            at = _place_after(before[:place], found)
            found.insert(at, _removed(piece))
    return tuple(found)


def _key(piece: Piece | Difference) -> tuple[str, str]:
    return piece.kind, piece.id


def _moved(before: Sequence[tuple[str, str]], after: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return what stands in another order, as few as explain it."""
    both = set(before) & set(after)
    old, new = [key for key in before if key in both], [key for key in after if key in both]
    stayed = {new[at] for _, start, size in _blocks(old, new) for at in range(start, start + size)}
    return both - stayed


def _blocks(old: Sequence[object], new: Sequence[object]) -> list[tuple[int, int, int]]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [(match.a, match.b, match.size) for match in matcher.get_matching_blocks()]


def _place_after(before: Sequence[Piece], found: Sequence[Difference]) -> int:
    """Return where a piece that went stood: after the last one before it that is still there."""
    places = {_key(one): at for at, one in enumerate(found)}
    known = (places[_key(piece)] + 1 for piece in reversed(before) if _key(piece) in places)
    return next(known, 0)


def _difference(old: Piece | None, new: Piece, *, moved: bool) -> Difference:
    if old is None:
        rows = tuple(_whole(passage, "added") for passage in new.passages)
        return Difference(new.kind, new.id, new.title, "added", rows, path=new.path)
    if old.exact == new.exact:
        return Difference(new.kind, new.id, new.title, "same", (), moved, new.path)
    rows = tuple(_rows(old.passages, new.passages))
    return Difference(new.kind, new.id, new.title, "changed", rows, moved, new.path)


def _removed(piece: Piece) -> Difference:
    rows = tuple(_whole(passage, "removed") for passage in piece.passages)
    return Difference(piece.kind, piece.id, piece.title, "removed", rows)


def _whole(passage: Passage, state: State) -> Row:
    return Row(state, (passage.role,), (Run(state, passage.text),))


def _rows(old: Sequence[Passage], new: Sequence[Passage]) -> Iterator[Row]:
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield from (_whole(passage, "same") for passage in new[c:d])
        else:
            yield from _matched(old[a:b], new[c:d])


def _matched(old: Sequence[Passage], new: Sequence[Passage]) -> Iterator[Row]:
    """Yield passages between two that stayed: those that are alike as changed, the others as gone and come."""
    left = list(old)
    for passage in new:
        at = next((at for at, other in enumerate(left) if _are_alike(other, passage)), None)
        if at is None:
            yield _whole(passage, "added")
            continue
        yield from (_whole(gone, "removed") for gone in left[:at])
        roles = (passage.role,) if left[at].role == passage.role else (passage.role, left[at].role)
        yield Row("changed", roles, tuple(runs_between(left[at].text, passage.text)))
        del left[: at + 1]
    yield from (_whole(gone, "removed") for gone in left)


def _are_alike(old: Passage, new: Passage) -> bool:
    if "picture" in {old.role, new.role} and old.role != new.role:
        return False
    matcher = SequenceMatcher(None, _WORD.findall(old.text), _WORD.findall(new.text), autojunk=False)
    quick = min(matcher.real_quick_ratio(), matcher.quick_ratio())
    return quick >= _ALIKE and matcher.ratio() >= _ALIKE


def runs_between(old: str, new: str) -> Iterator[Run]:
    """Yield the words of both texts in order, each run with whether it stayed, went or came."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            yield Run("same", "".join(after[c:d]))
            continue
        if a < b:
            yield Run("removed", "".join(before[a:b]))
        if c < d:
            yield Run("added", "".join(after[c:d]))
