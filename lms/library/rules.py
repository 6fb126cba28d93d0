"""Decided here: which version comes after which, and whose review is still missing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias, get_args

from lms.content.model.course import Course

# Whether a programme offers a course: not at all, to its members, or with lessons that everybody can read.
OfferingState: TypeAlias = Literal["none", "members", "open"]
OFFERING_STATES: tuple[OfferingState, ...] = get_args(OfferingState)
# How long people in the middle of an older version are told ahead that it closes.
NOTICE = timedelta(days=90)
REVIEW_ROLES = ("clinical", "peer", "legal")


def rank(version: str) -> int:
    """Return a number by which versions sort; 1.10.0 comes after 1.9.3."""
    major, minor, patch = (int(part) for part in version.split("."))
    return (major * 10_000 + minor) * 10_000 + patch


def version_of(rank: int) -> str:
    """Return the version that a rank was made of."""
    return f"{rank // 10_000 // 10_000}.{rank // 10_000 % 10_000}.{rank % 10_000}"


def newest_that_blocks(version: str, newest_of_lines: Iterable[int]) -> int | None:
    """Return the rank that a version had to be above; None when it may be published.

    A line such as 1.0 goes on after its newest patch. A new line comes after all lines.
    """
    ranks = list(newest_of_lines)
    line = rank(version) // 10_000
    above = [known for known in ranks if known // 10_000 == line] or ranks
    highest = max(above, default=-1)
    return highest if rank(version) <= highest else None


def may_publish(owner: str | None, programme_id: str, is_operator: bool, *, published: bool = True) -> bool:
    """Decide whether a new version of a course may come from a programme.

    A course that belongs to no programme is the site's, and its operators publish it. A course that nobody has
    `published` yet can come from anywhere.
    """
    return is_operator or not published or owner == programme_id


def is_closed(closes_on: date, today: date) -> bool:
    """Decide whether a version is closed: it can be finished on its last day, and not after."""
    return today > closes_on


def needed_reviews(course: Course) -> tuple[str, ...]:
    """Return the reviews a course needs before its certificates are issued; law needs one where law is quoted."""
    return REVIEW_ROLES if course.jurisdiction_notes else REVIEW_ROLES[:2]


def missing_reviews(needed: Iterable[str], recorded: Collection[str]) -> tuple[str, ...]:
    """Return the needed reviews that nobody has recorded."""
    return tuple(role for role in needed if role not in recorded)


@dataclass(frozen=True)
class Due:
    """A day by which somebody should have looked at a course again; `place` is that of a note on local law."""

    on: date
    place: str = ""


def passed_dates(course: Course, today: date) -> tuple[Due, ...]:
    """Return the dates of a course that have passed, the earliest first: its review, and its notes on local law.

    A day that no calendar has, which old versions may hold, has never passed.
    """
    named = [(course.review_due, ""), *((note.next_check, note.place) for note in course.jurisdiction_notes)]
    dates = [Due(on, place) for text, place in named if (on := _day(text)) is not None and on < today]
    return tuple(sorted(dates, key=lambda due: (due.on, due.place)))


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
