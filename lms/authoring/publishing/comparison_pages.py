"""Two versions side by side as a page shows them: what stayed is folded, and every change has words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lms.content.comparison.compare import Difference, Row, Run, compare
from lms.content.comparison.passages import pieces_of
from lms.content.model.course import Course
from lms.foundation.text.i18n import gettext as _

STATES = ("added", "changed", "removed", "moved")


@dataclass(frozen=True)
class ShownRow:
    """A passage with its label; `folded` holds passages in a row that stayed as they are, in its place."""

    state: str
    label: tuple[Run, ...] = ()
    runs: tuple[Run, ...] = ()
    folded: tuple[Row, ...] = ()


@dataclass(frozen=True)
class ShownPiece:
    """A lesson, a question or anything else that differs, with its rows."""

    kind: str
    id: str
    title: str
    state: str
    what: str
    path: str
    rows: tuple[ShownRow, ...]
    note: str


@dataclass(frozen=True)
class Comparison:
    """What differs, what stayed, and a summary such as "2 lessons changed"."""

    pieces: tuple[ShownPiece, ...]
    unchanged: tuple[str, ...]
    summary: tuple[str, ...]


def compared(known: Course, newest: Course) -> Comparison:
    """Return two versions side by side."""
    return shown(compare(known, newest))


def shown(differences: Sequence[Difference]) -> Comparison:
    """Return differences as a page shows them."""
    pieces = tuple(_piece(one) for one in differences if not one.is_untouched)
    unchanged = tuple(f"{_kind(one.kind)}: {one.title}" if one.title else _kind(one.kind) for one in _same(differences))
    return Comparison(pieces, unchanged, tuple(_summary(differences)))


def _same(differences: Sequence[Difference]) -> Iterator[Difference]:
    return (one for one in differences if one.is_untouched)


def _piece(one: Difference) -> ShownPiece:
    state = "moved" if one.state == "same" else one.state
    note = ""
    if one.looks_the_same:
        note = _("The words are the same. Its formatting or a link changed.")
    elif one.moved:
        note = _("It’s in another place now.")
    what = f"{_kind(one.kind)}, {_state(state)}"
    return ShownPiece(one.kind, one.id, one.title, state, what, one.path, tuple(_rows(one.rows)), note)


def _rows(rows: Sequence[Row]) -> Iterator[ShownRow]:
    """Yield rows with what stayed in between folded, however little it is."""
    same: list[Row] = []
    for row in rows:
        if row.state == "same":
            same.append(row)
            continue
        if same:
            yield ShownRow("same", folded=tuple(same))
            same = []
        yield ShownRow(row.state, tuple(_label(row.roles)), row.runs)
    if same and len(same) < len(rows):
        yield ShownRow("same", folded=tuple(same))


def _label(roles: tuple[str, ...]) -> Iterator[Run]:
    """Yield the words for what a passage is, and those for what it was before where they differ."""
    now, *before = (role_words(role) for role in roles)
    for was in before:
        if was != now:
            yield Run("removed", was or _("Text"))
    if now:
        yield Run("added" if before and before[0] != now else "same", now)


def _kind(kind: str) -> str:
    return {
        "course": _("About the course"),
        "module": _("Module"),
        "lesson": _("Lesson"),
        "conversation": _("Conversation"),
        "question": _("Question"),
        "facilitator": _("Facilitator notes"),
        "glossary": _("Glossary"),
    }[kind]


def _state(state: str) -> str:
    return {"added": _("added"), "removed": _("removed"), "changed": _("changed"), "moved": _("moved")}[state]


def role_words(role: str) -> str:
    """Return what a passage is, in words; keys of course.md as they are, nothing for plain text."""
    known = {
        "": "",
        "heading": _("Heading"),
        "item": "",
        "cell": "",
        "picture": _("Picture"),
        "title": _("Title"),
        "content_notes": _("Content note"),
        "gentle": _("The gentler version"),
        "question": _("Question"),
        "critical": _("Safety question"),
        "options": _("Answer"),
        "right options": _("Right answer"),
        "steps": _("Step"),
        "left": _("To match"),
        "right": _("Belongs to it"),
        "extra": _("Belongs to none"),
        "model": _("Model answer"),
        "look_for": _("Look for"),
        "not_enough": _("Not enough"),
        "reason": _("Reason"),
        "turn": _("Turn"),
        "stage": _("Stage direction"),
        "says": _("They say"),
        "reply": _("Reply"),
        "leads": _("Label and next turn"),
        "fact": _("Fact"),
        "answers": _("Answers"),
        "if": _("When"),
        "needs": _("Needs"),
        "good end": _("Good end"),
        "end": _("Open end"),
        "with": _("With"),
        "setting": _("Setting"),
        "term": _("Term"),
    }
    return known.get(role, role)


def _summary(differences: Sequence[Difference]) -> Iterator[str]:
    """Yield how many of what were added, changed, removed and moved, one line for each kind."""
    for kind in ("course", "module", "lesson", "question", "conversation", "facilitator", "glossary"):
        differing = (one for one in differences if one.kind == kind and not one.is_untouched)
        found = Counter("moved" if one.state == "same" else one.state for one in differing)
        states = [f"{found[state]} {_state(state)}" for state in STATES if found[state]]
        if states:
            yield f"{_plural(kind)}: {', '.join(states)}"


def _plural(kind: str) -> str:
    return {
        "course": _("About the course"),
        "module": _("Modules"),
        "lesson": _("Lessons"),
        "conversation": _("Conversations"),
        "question": _("Questions"),
        "facilitator": _("Facilitator notes"),
        "glossary": _("Glossary"),
    }[kind]


def whole(course: Course) -> list[ShownPiece]:
    """Return a version as its pieces, with every passage as it stands."""
    found = []
    for piece in pieces_of(course):
        rows = tuple(_plain_row(passage.role, passage.text) for passage in piece.passages)
        found.append(ShownPiece(piece.kind, piece.id, piece.title, "same", _kind(piece.kind), piece.path, rows, ""))
    return found


def _plain_row(role: str, text: str) -> ShownRow:
    return ShownRow("plain", tuple(_label((role,))), (Run("same", text),))
