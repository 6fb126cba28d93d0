"""What happens in the library, told in ids."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CoursePublished:
    """A version of a course can be taken now; it came from a draft of a programme, or from the server."""

    course_id: str
    version: str
    digest: str
    programme_id: str | None = None


@dataclass(frozen=True)
class CourseOffered:
    """A programme offers a course now."""

    programme_id: str
    course_id: str


@dataclass(frozen=True)
class OfferingOpened:
    """Everybody can read a course that a programme offers, or again only its members."""

    programme_id: str
    course_id: str
    open_reading: bool


@dataclass(frozen=True)
class OfferingEnded:
    """A programme doesn't offer a course any more; who started it there can finish it."""

    programme_id: str
    course_id: str


@dataclass(frozen=True)
class CourseHandedOver:
    """A course belongs to another programme now, or to the site, which is None."""

    programme_id: str | None
    course_id: str


@dataclass(frozen=True)
class CourseWithdrawn:
    """Nobody can start a course any more; who started it can finish it."""

    course_id: str


@dataclass(frozen=True)
class CourseReinstated:
    """Programmes can offer a withdrawn course again."""

    course_id: str


@dataclass(frozen=True)
class VersionClosed:
    """An older minor line of a course closes in 90 days; whoever is in the middle of it is told."""

    course_id: str
    version: str


@dataclass(frozen=True)
class VersionClosingCalledOff:
    """An older minor line of a course goes on after all."""

    course_id: str
    version: str


@dataclass(frozen=True)
class ReviewRecorded:
    """Somebody's review of a version was recorded."""

    course_id: str
    digest: str
    role: str
