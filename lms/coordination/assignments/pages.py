"""What pages say of assignments, to those who are asked and to coordinators."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from lms.accounts.members.records import Unit, list_units
from lms.accounts.rules import zone_of
from lms.coordination.assignments import audience_records as audiences
from lms.coordination.assignments.audience_records import OwnAssignment
from lms.coordination.assignments.records import Assignment
from lms.coordination.assignments.rules import PROGRESS, Progress, time_until
from lms.coordination.pages import title_of
from lms.foundation import clock
from lms.foundation.config.settings import Settings
from lms.foundation.dates import add_months
from lms.foundation.hooks import AskedCourse
from lms.foundation.per_app import get_or_make
from lms.foundation.text.i18n import day
from lms.foundation.text.i18n import gettext as _
from lms.library.course_cache import private_courses

REQUESTS_MOST = 25
# Numbers of an assignment that asks so many people or more are kept for a moment: a second for each ten thousand.
KEPT_FROM, PEOPLE_A_SECOND = 5_000, 10_000
SHAPES: Mapping[Progress, str] = {"not_started": "none", "in_training": "go", "done": "ok"}


def progress_names() -> dict[Progress, str]:
    """Return where somebody can be in a course, in words."""
    return {"not_started": _("Not started"), "in_training": _("In training"), "done": _("Completed")}


def role_names() -> dict[str, str]:
    """Return the roles that can be asked by themselves, in words."""
    return {"trainer": _("All trainers"), "observer": _("All observers"), "coordinator": _("All coordinators")}


def unit_names(programme_id: str) -> dict[str, str]:
    """Return the names of a programme's units by inner id, each after that of the one above it."""
    units: dict[str, Unit] = {unit.id: unit for unit in list_units(programme_id)}
    return {
        unit.id: f"{units[unit.parent_id].name} / {unit.name}" if unit.parent_id else unit.name
        for unit in units.values()
    }


def whom(assignment: Assignment, units: Mapping[str, str]) -> str:
    """Return whom an assignment asks, in words."""
    if assignment.audience == "unit":
        return units.get(assignment.unit_id or "") or _("A unit that was removed")
    if assignment.audience == "role":
        return role_names()[assignment.role or ""]
    return _("All learners") if assignment.audience == "everybody" else _("People chosen by name")


@dataclass(frozen=True)
class AssignmentRow:
    """An assignment on the list."""

    id: str
    course: str
    whom: str
    due_on: date | None
    made_on: date
    closed_on: date | None


def rows_of(assignments: Sequence[Assignment], units: Mapping[str, str], zone: str) -> list[AssignmentRow]:
    """Return some assignments as a coordinator sees them; the title of a course is asked for once."""
    titles = {course_id: title_of(course_id) for course_id in {row.course_id for row in assignments}}
    return [_row_of(row, titles[row.course_id], units, zone) for row in assignments]


def row_of(assignment: Assignment, units: Mapping[str, str], zone: str) -> AssignmentRow:
    """Return an assignment as a coordinator sees it."""
    return rows_of([assignment], units, zone)[0]


def _row_of(assignment: Assignment, course: str, units: Mapping[str, str], zone: str) -> AssignmentRow:
    closed_on = clock.day_of(assignment.closed_at, zone) if assignment.closed_at else None
    made_on = clock.day_of(assignment.made_at, zone)
    group = whom(assignment, units)
    return AssignmentRow(assignment.public_id, course, group, assignment.due_on, made_on, closed_on)


@dataclass(frozen=True)
class RequestRow:
    """Somebody who asks for more time; `month_later` is what “another month” would give them."""

    assignment: str
    person: str
    name: str
    course: str
    asked_on: date
    until: date
    month_later: date


def requests_of(programme_id: str, zone: str) -> tuple[list[RequestRow], bool]:
    """Return who asks for more time, the longest wait first, and whether there are more than fit on the page."""
    today = clock.today(zone)
    rows = []
    for assignment, extension, person in audiences.list_requests(programme_id, REQUESTS_MOST + 1):
        until = time_until(assignment.due_on, extension.granted_until) or today
        rows.append(
            RequestRow(
                assignment.public_id,
                person.public_id,
                person.display_name,
                title_of(assignment.course_id),
                clock.day_of(extension.asked_at, zone),
                until,
                month_later(until, today),
            )
        )
    return rows[:REQUESTS_MOST], len(rows) > REQUESTS_MOST


def month_later(until: date, today: date) -> date:
    """Return the day a month after somebody's date, or after today when that day has passed."""
    return add_months(max(until, today), 1)


@dataclass(frozen=True)
class ProgressSum:
    """How many of those who are asked are at one point."""

    progress: Progress
    text: str
    shape: str
    count: int


@dataclass
class CountsCache:
    """The numbers of assignments that ask many people, each until its moment is over."""

    counts: dict[str, tuple[float, dict[str, int]]] = field(default_factory=dict)


def _counts_of(assignment_id: str) -> dict[str, int]:
    """Return how many people are at which point; of very many, the numbers may be some seconds old."""
    cache = get_or_make(CountsCache).counts
    until, counts = cache.get(assignment_id, (0.0, {}))
    if time.monotonic() < until:
        return counts
    counts = audiences.count_asked(assignment_id)
    people = sum(counts.values())
    for old in [key for key, (ends, _counts) in cache.items() if ends < time.monotonic()]:
        cache.pop(old, None)
    if people >= KEPT_FROM:
        cache[assignment_id] = (time.monotonic() + people / PEOPLE_A_SECOND, counts)
    return counts


def sums_of(assignment_id: str) -> list[ProgressSum]:
    """Return how many people are at which point. They are listed by name below, so no number gives anybody away."""
    counts, names = _counts_of(assignment_id), progress_names()
    return [ProgressSum(each, names[each], SHAPES[each], counts.get(each, 0)) for each in PROGRESS]


def list_asked(person_id: str, course_id: str | None, settings: Settings) -> list[AskedCourse]:
    """Return what is asked of somebody, in words; each programme asks for a course once, by its earliest date."""
    found: dict[tuple[str, str], AskedCourse] = {}
    all_own = audiences.list_own(person_id, course_id)
    # Of a private course no coordinator sees a request, so nobody would answer it.
    private = private_courses() if any(own.due_on for own in all_own) else ()
    for own in all_own:
        one = _asked(own, settings)
        if own.course_id in private:
            one = replace(one, answer="", can_ask=False)
        found.setdefault((own.programme, own.course_id), one)
    return list(found.values())


def _asked(own: OwnAssignment, settings: Settings) -> AskedCourse:
    today = clock.today(zone_of(own.facts, settings.timezone))
    until = time_until(own.due_on, own.granted_until)
    by = {"programme": own.programme}
    if until is None:
        words = _("%(programme)s has asked you to take this course.", **by)
    elif today <= until:
        words = _("%(programme)s has asked you to take this course by %(day)s.", day=day(until), **by)
    else:
        words = _(
            "%(programme)s asked you to take this course by %(day)s. Take the time you need; you can ask for more.",
            day=day(until),
            **by,
        )
    answer = ""
    if until and own.asked_at and own.answer is None:
        answer = _("You’ve asked for more time. Your programme will answer, and you don’t need to do anything else.")
    elif until and own.answer == "talk":
        answer = _("You asked for more time. Somebody from your programme will get in touch with you about it.")
    elif until and own.answer == "more" and today <= until:
        answer = _("You asked for more time, and this is your new date.")
    elif until and own.answer == "given" and today <= until:
        answer = _("Your programme has given you more time, and this is your new date.")
    waits = own.asked_at is not None and own.answer is None
    return AskedCourse(own.course_id, own.public_id, words, answer, own.note, can_ask=until is not None and not waits)
