"""The courses that a programme offers or can offer, with their reviews and what waits for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lms.certification.awards.records import count_waiting
from lms.content.model.course import Course
from lms.coordination.settings.words import offer_words
from lms.foundation.text.i18n import day
from lms.foundation.text.i18n import gettext as _
from lms.library.course_cache import get_course
from lms.library.records import (
    Review,
    list_former_offerings,
    list_newest_digests,
    list_offerings_of,
    list_open_courses,
    list_reviews,
    list_reviews_of_newest,
    list_withdrawn,
)
from lms.library.rules import OfferingState, missing_reviews, needed_reviews


@dataclass(frozen=True)
class CourseRow:
    """A course in the list of a programme's settings, in words."""

    id: str
    title: str
    version: str
    state: OfferingState
    offered: str
    reviews: str
    waiting: int


def review_roles() -> dict[str, str]:
    """Return what each review looks at, in words."""
    return {"clinical": _("Clinical"), "peer": _("Peer support"), "legal": _("Legal")}


def courses_for(programme_id: str, *, all_of_site: bool) -> dict[str, OfferingState]:
    """Return the courses that a programme offers or can offer, with whether it does.

    It can offer what everybody can read, and what it offered before. The people who run the site can offer all. What
    was withdrawn is offered by nobody.
    """
    mine: dict[str, OfferingState] = {
        row.course_id: "open" if row.open_reading else "members" for row in list_offerings_of(programme_id)
    }
    others = list_open_courses() | list_former_offerings(programme_id)
    known = list_newest_digests()
    found = known if all_of_site else [id_ for id_ in known if id_ in mine or id_ in others]
    withdrawn = list_withdrawn()
    return {id_: mine.get(id_, "none") for id_ in [*mine, *found] if id_ in known and id_ not in withdrawn}


def course_rows(programme_id: str, *, all_of_site: bool) -> list[CourseRow]:
    """Return those courses in words, the offered ones first."""
    digests, waiting = list_newest_digests(), count_waiting(programme_id)
    reviews = list_reviews_of_newest()
    rows = []
    for id_, state in courses_for(programme_id, all_of_site=all_of_site).items():
        course = get_course(digests[id_])
        words = offer_words()[state] if state != "none" else _("Not offered")
        missing = missing_reviews(needed_reviews(course), {review.role for review in reviews.get(id_, ())})
        reviewed = (
            _("Missing: %(roles)s", roles=", ".join(review_roles()[role] for role in missing))
            if missing
            else _("Reviewed")
        )
        rows.append(CourseRow(id_, course.title, course.version, state, words, reviewed, waiting.get(id_, 0)))
    return rows


@dataclass(frozen=True)
class ReviewRow:
    """A review that a course needs or has, in words; without a name it's missing."""

    what: str
    name: str
    on: str


def review_rows(course: Course) -> list[ReviewRow]:
    """Return the reviews that were recorded of a version and those it lacks."""
    return rows_of_reviews(course, list_reviews(course.id, course.digest))


def rows_of_reviews(course: Course, reviews: Sequence[Review]) -> list[ReviewRow]:
    """Return reviews in words, and after them those that a course lacks."""
    names = review_roles()
    found = [ReviewRow(names.get(row.role, row.role), row.name, day(row.date)) for row in reviews]
    missing = missing_reviews(needed_reviews(course), {row.role for row in reviews})
    return [*found, *(ReviewRow(names[role], "", "") for role in missing)]
