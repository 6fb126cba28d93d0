"""The board of reviews: what nobody has reviewed, what is due, and what rests on facts that nobody has checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lms.authoring.publishing import records
from lms.authoring.publishing.comparison_pages import ShownPiece, whole
from lms.authoring.reviews.records import list_open
from lms.content.model.course import Course
from lms.foundation.text.i18n import day, ngettext
from lms.foundation.text.i18n import gettext as _
from lms.library.course_cache import get_course
from lms.library.records import Review, list_reviews_of_newest
from lms.library.rules import missing_reviews, needed_reviews

# How long before its day a review is said to be due soon.
SOON = timedelta(days=60)
_UNCHECKED = 'class="unchecked"'


@dataclass(frozen=True)
class Unchecked:
    """A lesson with facts that nobody has checked, and how many."""

    lesson: str
    title: str
    count: str


@dataclass(frozen=True)
class BoardRow:
    """A course on the board, in words; `needs` says whether anything is to be done about it."""

    id: str
    title: str
    version: str
    reviews: tuple[str, ...]
    missing: tuple[str, ...]
    due: tuple[str, ...]
    unchecked: tuple[Unchecked, ...]
    drafts: tuple[tuple[str, str], ...]
    asked: tuple[str, ...]

    @property
    def needs(self) -> bool:
        """True when something is missing, due or unchecked."""
        return bool(self.missing or self.due or self.unchecked)


def board_rows(programme_id: str, today: date) -> list[BoardRow]:
    """Return the courses that a programme owns or offers, those that need something first."""
    reviews, drafts = list_reviews_of_newest(), records.list_open_drafts(programme_id)
    courses, asked = map(get_course, records.list_cared_for(programme_id).values()), list_open(programme_id)
    rows = [_row(one, reviews.get(one.id, ()), drafts, asked.get(one.digest, ()), today) for one in courses]
    return sorted(rows, key=lambda row: (not row.needs, row.title))


def _row(
    course: Course,
    reviews: Sequence[Review],
    drafts: Mapping[str, list[tuple[str, str]]],
    asked: Sequence[tuple[str, str, datetime]],
    today: date,
) -> BoardRow:
    missing = missing_reviews(needed_reviews(course), {review.role for review in reviews})
    return BoardRow(
        course.id,
        course.title,
        course.version,
        tuple(_review(review, course) for review in reviews),
        tuple(role_names()[role] for role in missing),
        tuple(_due(course, today)),
        unchecked_in(course),
        tuple(drafts.get(course.id, ())),
        tuple(
            _("%(role)s: %(name)s, asked on %(day)s", role=role_names()[role], name=name, day=day(at.date()))
            for role, name, at in asked
        ),
    )


def role_names() -> dict[str, str]:
    """Return what each review looks at, in words."""
    return {"clinical": _("Clinical"), "peer": _("Peer support"), "legal": _("Legal")}


def _review(review: Review, course: Course) -> str:
    role = role_names().get(review.role, review.role)
    if review.digest == course.digest:
        return _("%(role)s: %(name)s, %(day)s", role=role, name=review.name, day=day(review.date))
    return _(
        "%(role)s: %(name)s, %(day)s, carried over from an earlier correction",
        role=role,
        name=review.name,
        day=day(review.date),
    )


def _due(course: Course, today: date) -> list[str]:
    """Return which dates of a course have passed or are near: its next review, and checks of quoted law."""
    found = []
    if words := _date_words(course.review_due, today):
        found.append(words)
    for note in course.jurisdiction_notes:
        if words := _date_words(note.next_check, today):
            found.append(_("Law in %(place)s: %(when)s", place=note.place, when=words))
    return found


def _date_words(text: str | None, today: date) -> str:
    try:
        on = date.fromisoformat(text or "")
    except ValueError:
        return ""
    if on <= today:
        return _("due since %(day)s", day=day(on))
    return _("due on %(day)s", day=day(on)) if on - today <= SOON else ""


def unchecked_in(course: Course) -> tuple[Unchecked, ...]:
    """Return the lessons of a course that rest on facts which nobody has checked."""
    found = []
    for lesson in course.lessons:
        count = lesson.html.count(_UNCHECKED) + (lesson.gentle_html or "").count(_UNCHECKED)
        if count:
            words = ngettext("%(num)s fact", "%(num)s facts", count)
            found.append(Unchecked(lesson.id, lesson.title, words))
    return tuple(found)


def read_whole(course: Course) -> list[ShownPiece]:
    """Return the whole text of a version, for somebody who reviews it."""
    return whole(course)
