"""Personal data in assignments: what was asked of somebody by name, more time, and what coordinators wrote."""

from __future__ import annotations

from datetime import date, datetime

from lms.coordination.assignments import audience_records, records
from lms.coordination.pages import title_of
from lms.foundation.personal_data import Part, Remains, Sheet, StoredData
from lms.foundation.text.i18n import gettext as _


def stored_data(_person_id: str | None = None) -> tuple[StoredData, ...]:
    """Return what is kept of assignments."""
    assignment = ["id", "public_id", "programme_id", "course_id", "audience", "unit_id", "role", "due_on", "note"]
    assignment += ["made_by", "made_at", "closed_at"]
    extension = ["assignment_id", "person_id", "asked_at", "answer", "granted_until", "answered_by", "answered_at"]
    mail = ["id", "assignment_id", "kind", "sent_on", "text", "whom", "asked_by", "asked_at", "after_person"]
    return (
        StoredData(
            _("Courses that your programme asks you by name to take, and which coordinator asked"),
            _("So that you and your programme know what you’ve been asked to take."),
            _(
                "As long as your account. If a coordinator’s account is deleted, what they asked of others stays "
                "without their name."
            ),
            (
                *(f"assignment.{name}" for name in assignment),
                "assignment_person.assignment_id",
                "assignment_person.person_id",
            ),
        ),
        StoredData(
            _("That you asked for more time for a course or were given it, and what your programme answered"),
            _("So that a coordinator can answer, and your own date is shown to you."),
            _("As long as your account."),
            tuple(f"assignment_extension.{name}" for name in extension),
        ),
        StoredData(
            _("Reminders about courses: which coordinator wrote them, their text, and who they were for"),
            _("So that a reminder goes out once, and to nobody who has completed the course."),
            _("As long as the account of the coordinator who wrote them."),
            (
                *(f"assignment_mail.{name}" for name in (*mail, "ended_at")),
                "assignment_mail_person.mail_id",
                "assignment_mail_person.person_id",
            ),
        ),
    )


def export(person_id: str) -> list[Part]:
    """Return what was asked of somebody by name or by them, more time, and reminders."""
    return [_assignments(person_id), _more_time(person_id), _reminders(person_id)]


def _assignments(person_id: str) -> Sheet:
    asked = {own.assignment_id for own in audience_records.list_own(person_id)}
    made = {row.id for row in records.list_made_by(person_id)}
    rows = [records.get_assignment(each) for each in sorted(asked | made)]
    return Sheet(
        "assignments",
        _("Courses assigned to you, or that you assigned"),
        {
            "when": _("When"),
            "course": _("Course"),
            "group": _("Who’s asked to take it?"),
            "role": _("Role"),
            "by_date": _("Date"),
            "note": _("Note"),
            "by_you": _("By you"),
            "closed": _("Closed"),
        },
        tuple(
            (
                _moment(row.made_at),
                title_of(row.course_id),
                row.audience,
                row.role or "",
                _date(row.due_on),
                row.note,
                _yes_or_no(row.made_by == person_id),
                _moment(row.closed_at),
            )
            for row in rows
        ),
    )


def _more_time(person_id: str) -> Sheet:
    return Sheet(
        "more-time",
        _("Requests for more time"),
        {
            "when": _("When"),
            "by_you": _("Asked by you"),
            "answer": _("Answer"),
            "until": _("Until"),
            "answered": _("Answered"),
            "answered_by_you": _("Answered by you"),
        },
        tuple(
            (
                _moment(row.asked_at),
                _yes_or_no(row.person_id == person_id and row.answer != "given"),
                row.answer or "",
                _date(row.granted_until),
                _moment(row.answered_at),
                _yes_or_no(row.answered_by == person_id),
            )
            for row in records.list_extensions(person_id)
        ),
    )


def _reminders(person_id: str) -> Sheet:
    return Sheet(
        "assignment-emails",
        _("Emails about assignments"),
        {
            "when": _("When"),
            "day": _("Day"),
            "kind": _("Kind"),
            "group": _("Who gets it?"),
            "text": _("Text"),
            "by_you": _("By you"),
            "ended": _("Ended"),
        },
        tuple(
            (
                _moment(row.asked_at),
                _date(row.sent_on),
                row.kind,
                row.whom,
                row.text,
                _yes_or_no(row.asked_by == person_id),
                _moment(row.ended_at),
            )
            for row in records.list_mail(person_id)
        ),
    )


def _date(value: date | None) -> str:
    return value.isoformat() if value else ""


def _moment(value: datetime | None) -> str:
    return value.isoformat() if value else ""


def _yes_or_no(value: bool) -> str:
    return _("Yes") if value else _("No")


def erase(person_id: str, remains: Remains) -> None:
    """Take somebody out of assignments; what they asked of others as a coordinator stays without them."""
    records.remove_person(person_id)
