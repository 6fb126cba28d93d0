"""Events of assignments, which hold ids and dates only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class CourseAssigned:
    """A programme asks people to take a course."""

    assignment_id: str
    programme_id: str
    course_id: str
    audience: str
    due_on: date | None


@dataclass(frozen=True)
class AssignmentChanged:
    """An assignment has another date or note."""

    assignment_id: str
    programme_id: str
    due_on: date | None


@dataclass(frozen=True)
class AssignmentClosed:
    """Nobody is asked any longer; what was completed stays."""

    assignment_id: str
    programme_id: str


@dataclass(frozen=True)
class MoreTimeAsked:
    """Somebody asked for more time."""

    assignment_id: str
    person_id: str
    programme_id: str


@dataclass(frozen=True)
class MoreTimeAnswered:
    """A coordinator gave somebody more time, or would like to talk about it."""

    assignment_id: str
    person_id: str
    programme_id: str
    answer: str
    granted_until: date | None


@dataclass(frozen=True)
class ReminderAsked:
    """A coordinator sends a reminder that she wrote; so many people were chosen one by one."""

    assignment_id: str
    programme_id: str
    group: str
    chosen: int


@dataclass(frozen=True)
class PeopleAssigned:
    """So many more people are asked by an assignment of people chosen by name."""

    assignment_id: str
    programme_id: str
    people: int


@dataclass(frozen=True)
class MoreTimeGiven:
    """A coordinator gave somebody more time who hadn't asked for it."""

    assignment_id: str
    person_id: str
    programme_id: str
    granted_until: date
