"""Events of units and members, which hold ids only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class UnitAdded:
    """A programme has another unit."""

    unit_id: str
    programme_id: str


@dataclass(frozen=True)
class UnitChanged:
    """A unit was renamed, or put below another one or none."""

    unit_id: str
    programme_id: str


@dataclass(frozen=True)
class UnitRemoved:
    """A unit is gone; so many people were in it and are in none now, and the units below it are at the top."""

    unit_id: str
    programme_id: str
    people: int


@dataclass(frozen=True)
class UnitJoined:
    """Somebody is in another unit now, or in none."""

    person_id: str
    programme_id: str
    unit_id: str | None


@dataclass(frozen=True)
class MemberDetailsChanged:
    """A coordinator changed somebody's staff number or line manager."""

    person_id: str
    programme_id: str


@dataclass(frozen=True)
class OldDetailsDeleted:
    """Unit, staff number and line manager of so many people who left before a day were deleted."""

    people: int
    before: date
    programme_id: str
