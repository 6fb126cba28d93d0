"""What happens to the repositories that courses come from, told in ids; an address is never part of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CourseSourceSet:
    """A programme can bring in a course from a repository, or from another place than before."""

    programme_id: str
    course_id: str


@dataclass(frozen=True)
class CourseSourceRemoved:
    """A programme can no longer bring in a course from a repository."""

    programme_id: str
    course_id: str


@dataclass(frozen=True)
class CourseAskedFromSource:
    """Somebody asked for a course to be brought in from its repository."""

    programme_id: str
    course_id: str
