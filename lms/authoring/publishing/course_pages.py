"""Published courses as those who write them see them: rows in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from lms.accounts.records import Programme
from lms.authoring.drafts.pages import people_words
from lms.authoring.publishing import records
from lms.content.model.course import Course
from lms.foundation import clock
from lms.foundation.text.i18n import day
from lms.foundation.text.i18n import gettext as _
from lms.library.course_cache import get_course, private_courses
from lms.library.records import find_withdrawn, list_closings, list_line_digests, list_owned, list_versions
from lms.library.rules import is_closed


@dataclass(frozen=True)
class CourseRow:
    """A published course, and who publishes its new versions."""

    id: str
    title: str
    version: str
    owner: str


@dataclass(frozen=True)
class VersionRow:
    """A version with its day, and the version before it."""

    version: str
    published: str
    before: str | None


def course_rows(programme: Programme, digests: Mapping[str, str]) -> list[CourseRow]:
    """Return courses by title; the programme's own come first."""
    own = set(list_owned(programme.id))
    courses = sorted(map(get_course, digests.values()), key=lambda course: (course.id not in own, course.title))
    return [
        CourseRow(one.id, one.title, one.version, programme.name if one.id in own else _("Other people"))
        for one in courses
    ]


def owner_words(owner: str | None, programme: Programme) -> str:
    """Return who publishes new versions of a course."""
    if owner == programme.id:
        return _("Trainers of %(programme)s publish its new versions.", programme=programme.name)
    return _(
        "New versions come from its owner: another programme, or the people who run this site. You can start a "
        "course of your own from it."
    )


def version_rows(course_id: str, zone: str) -> list[VersionRow]:
    """Return the versions of a course, the newest first."""
    rows = list_versions(course_id)
    before = [*(row.version for row in rows[1:]), None]
    return [
        VersionRow(row.version, day(clock.day_of(row.published_at, zone)), earlier)
        for row, earlier in zip(rows, before, strict=True)
    ]


@dataclass(frozen=True)
class OlderVersion:
    """An older line of a course by its newest version: whether it's open, closes or is closed, and its last day."""

    version: str
    line: str
    state: Literal["open", "closing", "closed"] = "open"
    day: str = ""


def older_versions(course_id: str, zone: str) -> list[OlderVersion]:
    """Return the lines of a course before its newest, the newest first."""
    closings, today = list_closings(course_id), clock.today(zone)
    older = map(get_course, list_line_digests(course_id)[1:])
    return [_older_version(one, closings.get(one.minor_line), today) for one in older]


def _older_version(course: Course, closes_on: date | None, today: date) -> OlderVersion:
    if closes_on is None:
        return OlderVersion(course.version, course.minor_line)
    state: Literal["closing", "closed"] = "closed" if is_closed(closes_on, today) else "closing"
    return OlderVersion(course.version, course.minor_line, state, day(closes_on))


def in_middle_of(course: Course) -> str:
    """Return how many people are in the middle of a line, in words; nobody counts those of a private course."""
    if course.id in private_courses():
        return ""
    return people_words(records.count_in_middle(course.id).get(course.minor_line, 0))


def day_of_withdrawal(course_id: str, zone: str) -> str | None:
    """Return the day on which a course was withdrawn, in words."""
    found = find_withdrawn(course_id)
    return day(clock.day_of(found.at, zone)) if found else None


def middle_words(course: Course) -> str:
    """Return what withdrawing a course means for the people in the middle of it."""
    if course.id in private_courses():
        return _("People in the middle of it can finish it and get their certificate.")
    count = people_words(sum(records.count_in_middle(course.id).values()))
    return _("In the middle of it: %(people)s. They can finish it and get their certificate.", people=count)
