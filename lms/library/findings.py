"""Checks of courses: whether any is offered, and whether those on offer were reviewed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lms.foundation.checkup.findings import Finding, some_of
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import ngettext
from lms.library.course_cache import get_course
from lms.library.records import list_newest_digests, list_offered_courses, list_offerings_of, list_reviews_of_newest
from lms.library.rules import missing_reviews, needed_reviews


def look(programme_id: str | None = None) -> list[Finding]:
    """Return what there is to say of the courses that one programme offers, or all of them."""
    newest, reviews, found = list_newest_digests(), list_reviews_of_newest(), {}
    offered = {row.course_id for row in list_offerings_of(programme_id)} if programme_id else list_offered_courses()
    for course_id in sorted(offered & newest.keys()):
        roles = {review.role for review in reviews.get(course_id, ())}
        found[course_id] = missing_reviews(needed_reviews(get_course(newest[course_id])), roles)
    titles = {course: get_course(newest[course]).title for course, roles in found.items() if roles}
    return [check_offered(len(found)), check_reviews(titles, found)]


def check_offered(count: int) -> Finding:
    """Find a site or a programme that offers no course."""
    if not count:
        return Finding("courses.offered", _("No course is offered yet."), _("Publish one with: lms publish FOLDER"))
    return Finding("courses.offered", ngettext("%(num)s course is offered.", "%(num)s courses are offered.", count))


def check_reviews(titles: Mapping[str, str], missing: Mapping[str, Sequence[str]]) -> Finding:
    """Find courses whose reviews are missing: their titles by id, and the reviews that each of them lacks."""
    if titles:
        lacking = [f"{title} ({', '.join(missing[course])})" for course, title in titles.items()]
        return Finding(
            "courses.reviews",
            _("These courses haven’t been reviewed: %(courses)s.", courses=some_of(lacking)),
            _("Ask somebody qualified to read them, then record it with: lms review %(course)s", course=min(titles)),
        )
    return Finding("courses.reviews", _("Every course on offer has been reviewed."))
