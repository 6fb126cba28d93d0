"""Decided here: which version comes after which, and whose review is still missing."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from lms.content.course import Course

REVIEW_ROLES = ("clinical", "peer", "legal")


def rank(version: str) -> int:
    """Return a number by which versions sort; 1.10.0 comes after 1.9.3."""
    major, minor, patch = (int(part) for part in version.split("."))
    return (major * 10_000 + minor) * 10_000 + patch


def needed_reviews(course: Course) -> tuple[str, ...]:
    """Return the reviews a course needs before its certificates are issued; law needs one where law is quoted."""
    return REVIEW_ROLES if course.jurisdiction_notes else REVIEW_ROLES[:2]


def missing_reviews(needed: Iterable[str], recorded: Collection[str]) -> tuple[str, ...]:
    """Return the needed reviews that nobody has recorded."""
    return tuple(role for role in needed if role not in recorded)
