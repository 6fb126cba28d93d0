"""Decided here: what somebody's list asks for, and which statuses it can name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

TrainingState = Literal[
    "not_started", "in_training", "waiting", "completed", "ready", "renew_by", "expired", "withdrawn"
]
STATES: tuple[TrainingState, ...] = get_args(TrainingState)
# Who passed the check of a course, whatever came of the certificate since, unless it was withdrawn.
FINISHED: frozenset[TrainingState] = frozenset({"waiting", "completed", "ready", "renew_by", "expired"})
# Phases in which somebody has a certificate that was issued, so that its last day decides about their status.
HELD = ("issued", "older")
CertificateState = Literal["valid", "expired", "withdrawn", "none"]
CERTIFICATE_STATES: tuple[CertificateState, ...] = get_args(CertificateState)
# Roles that a learner can have besides, in a programme.
OTHER_ROLES = ("trainer", "observer", "coordinator")
SEARCH_MOST = 100
Column = Literal["email", "staff_number", "unit", "course", "training", "certificate", "until"]
COLUMNS: tuple[Column, ...] = get_args(Column)
USUAL_COLUMNS: tuple[Column, ...] = ("course", "training", "certificate", "until")


@dataclass(frozen=True)
class Wanted:
    """What a list of people was asked for; whatever is empty asks for everything."""

    search: str = ""
    states: tuple[TrainingState, ...] = ()
    courses: tuple[str, ...] = ()
    certificate: CertificateState | None = None
    role: str = ""
    # The inner ids of a unit and of those below it.
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class OfferedCourse:
    """A course as a programme's list knows it, with the days of its renewal window and grace period.

    `place` is where it stands among what the programme offers, or None when it is offered no longer.
    """

    id: str
    title: str
    private: bool
    place: int | None
    window_days: int
    grace_days: int


@dataclass(frozen=True)
class Turns:
    """The days on which certificates of a course change their status, seen from today.

    A certificate that is valid longer than `open_until` can't be renewed yet; one that was valid until a day before
    `lapsed_before` has expired, its grace period too.
    """

    open_until: date
    lapsed_before: date


def turns_of(course: OfferedCourse | None, today: date) -> Turns:
    """Return the days that decide about certificates of a course today; None, for one that is gone, has no window."""
    window, grace = (course.window_days, course.grace_days) if course else (0, 0)
    return Turns(today + timedelta(days=window), today - timedelta(days=grace))


def status_on(today: date, turns: Turns, phase: str, until: date | None, *, ready: bool) -> TrainingState:
    """Return somebody's status on a day, from the phase they are in and the last day of the certificate to show.

    `ready` is whether that is one of somebody who is ready to practise, and no hold is on it. `list_records.Board`
    says the same in SQL.
    """
    if phase in {"none", "training", "waiting"}:
        return {"none": "not_started", "training": "in_training", "waiting": "waiting"}[phase]  # type: ignore[return-value]
    if phase == "withdrawn" or (phase == "older" and until and until < today):
        return "withdrawn"
    if until is None or until > turns.open_until:
        return "ready" if ready else "completed"
    return "expired" if until < turns.lapsed_before else "renew_by"


@dataclass(frozen=True)
class Sum:
    """How many people have one status in one course, with certificates that end in one month.

    `ends_in` is that month as (year, month), or None for certificates that have no end or are past it.
    """

    course_id: str
    state: TrainingState
    ends_in: tuple[int, int] | None
    count: int


def sum_of(sums: Iterable[Sum], wanted: Wanted) -> int:
    """Return how many people have the statuses and courses that were asked for."""
    return sum(
        one.count
        for one in sums
        if (not wanted.states or one.state in wanted.states) and (not wanted.courses or one.course_id in wanted.courses)
    )
