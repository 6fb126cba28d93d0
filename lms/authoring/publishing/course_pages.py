"""Published courses as those who write them see them: rows in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lms.accounts.records import Programme
from lms.authoring.drafts.pages import people_words
from lms.authoring.publishing import records
from lms.content.model.course import Course
from lms.foundation import clock
from lms.foundation.text.i18n import day
from lms.foundation.text.i18n import gettext as _
from lms.library.course_cache import get_course, private_courses
from lms.library.records import find_withdrawn, list_owned, list_versions


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
