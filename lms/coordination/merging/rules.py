"""Rules of merging: what a plan holds, which account may be merged into which, and by whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Reason = Literal[
    "same account",
    "own account",
    "kept is closed",
    "other is closed",
    "asks for an operator",
    "runs the site",
    "not confirmed",
    "undone",
    "time is over",
]
Value = str | bool | datetime | None


@dataclass(frozen=True)
class Account:
    """What decides whether an account can be merged; `roles` by the inner id of the programme."""

    person_id: str
    closed: bool
    operator: bool
    proven: bool
    roles: Mapping[str, Collection[str]]


@dataclass(frozen=True)
class Decider:
    """Who merges: their account, none on the server, and the programmes they coordinate by inner id."""

    person_id: str | None
    operator: bool
    coordinates: frozenset[str] = frozenset()


def why_not_merge(kept: Account, other: Account, by: Decider) -> Reason | None:
    """Return why an account isn't merged into another one, or None."""
    if kept.person_id == other.person_id:
        return "same account"
    if kept.closed or other.closed:
        return "kept is closed" if kept.closed else "other is closed"
    refused = _why_not_by(kept, other, by)
    if refused:
        return refused
    if other.operator and not kept.operator:
        return "runs the site"
    gained = {
        role for programme, roles in other.roles.items() for role in set(roles) - set(kept.roles.get(programme, ()))
    }
    return "not confirmed" if gained - {"learner"} and not kept.proven else None


def why_not_undo(kept: Account, other: Account, by: Decider, *, undone: bool, over: bool) -> Reason | None:
    """Return why a merge isn't undone, or None."""
    if undone or over:
        return "undone" if undone else "time is over"
    return "kept is closed" if kept.closed else _why_not_by(kept, other, by)


def _why_not_by(kept: Account, other: Account, by: Decider) -> Reason | None:
    """Return why somebody decides nothing about these accounts: one is their own, or reaches beyond what they give."""
    if by.person_id in {kept.person_id, other.person_id}:
        return "own account"
    elsewhere = {*kept.roles, *other.roles} - by.coordinates
    return "asks for an operator" if not by.operator and (kept.operator or other.operator or elsewhere) else None


@dataclass(frozen=True)
class Change:
    """Rows of a table in which one column gets another value; `keys` are their primary keys as they are before."""

    table: str
    column: str
    old: Value
    new: Value
    keys: tuple[tuple[str, ...], ...]

    def as_json(self) -> list[Any]:
        """Return it as a JSON value."""
        return [self.table, self.column, _written(self.old), _written(self.new), [list(key) for key in self.keys]]

    @classmethod
    def from_json(cls, stored: list[Any]) -> Change:
        """Return it from a JSON value."""
        table, column, old, new, keys = stored
        return cls(table, column, _read(old), _read(new), tuple(tuple(key) for key in keys))


@dataclass(frozen=True)
class Plan:
    """What a merge does: courses that the kept account starts, rows that change, in order, and how many stay, by table.

    Undoing takes the changes back in the other order.
    """

    enrolments: tuple[dict[str, Any], ...] = ()
    changes: tuple[Change, ...] = ()
    staying: Mapping[str, int] = field(default_factory=dict)

    def keys(self, table: str, column: str) -> list[tuple[str, ...]]:
        """Return the former primary keys of the rows of a table that come to the kept account by a column."""
        return [key for one in self.changes if (one.table, one.column) == (table, column) for key in one.keys]

    def count(self, table: str, column: str) -> int:
        """Return how many rows of a table come to the kept account by a column."""
        return len(self.keys(table, column))

    def as_json(self) -> dict[str, Any]:
        """Return what undoing needs as a JSON value."""
        return {
            "enrolments": [row["id"] for row in self.enrolments],
            "changes": [change.as_json() for change in self.changes],
        }


def changes_of(moved: Mapping[str, Any]) -> list[Change]:
    """Return the changes that a merge recorded, in order."""
    return [Change.from_json(stored) for stored in moved["changes"]]


def _written(value: Value) -> Any:
    return {"moment": value.isoformat()} if isinstance(value, datetime) else value


def _read(value: Any) -> Value:
    return datetime.fromisoformat(value["moment"]) if isinstance(value, dict) else value


def masked(address: str) -> str:
    """Return as much of an address or sign-in name as its owner needs to recognise it: `s…@example.org`."""
    name, at, host = address.partition("@")
    return f"{name[:1]}…{at}{host}"
