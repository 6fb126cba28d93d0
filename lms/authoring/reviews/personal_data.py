"""Personal data in reviews: who was asked to review which course, and by whom."""

from __future__ import annotations

from lms.authoring.reviews.records import forget_person, list_requests_of
from lms.foundation.personal_data import Part, Remains, Sheet, StoredData
from lms.foundation.text.i18n import gettext as _

_REQUEST = (
    *("id", "public_id", "programme_id", "course_id", "digest", "role", "reviewer_id", "asked_by", "asked_at"),
    *("note", "answered_at"),
)


def stored_data(_person_id: str | None = None) -> tuple[StoredData, ...]:
    """Return what is kept of the people who are asked for a review."""
    return (
        StoredData(
            _("Requests to review a course: who was asked, by whom and when"),
            _("So that a course is read by somebody qualified before its certificates are issued."),
            _("As long as your account."),
            tuple(f"review_request.{name}" for name in _REQUEST),
        ),
    )


def export(person_id: str) -> list[Part]:
    """Return the requests that somebody made or got."""
    headings = {
        "asked": _("Asked"),
        "course": _("Course"),
        "role": _("Review"),
        "by_you": _("Asked by you"),
        "note": _("Note"),
        "answered": _("Answered"),
    }
    rows = tuple(
        (
            row.asked_at.isoformat(),
            row.course_id,
            row.role,
            _("yes") if row.asked_by == person_id else _("no"),
            row.note or "",
            row.answered_at.isoformat() if row.answered_at else "",
        )
        for row in list_requests_of(person_id)
    )
    return [Sheet("review-requests", _("Requests to review a course"), headings, rows)]


def erase(person_id: str, remains: Remains) -> None:
    """Delete the requests to somebody, and take their name out of those that they made."""
    forget_person(person_id)
