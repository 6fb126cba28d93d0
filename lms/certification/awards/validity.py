"""Decided here: when a certificate expires, when it can be renewed, and until when the renewed one is valid."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from lms.foundation.dates import add_months, day_in_month

Mode = Literal["completion", "expiry", "fixed"]
Stage = Literal["current", "expiring", "in grace", "lapsed", "without end"]
MODES: tuple[Mode, ...] = ("completion", "expiry", "fixed")
MONTHS_MOST, DAYS_MOST = 240, 730
# How many days before a certificate's end each notice of it is due, in the order of the year; the last comes after it.
NOTICES = {"ends-90": 90, "ends-60": 60, "ends-30": 30, "ends-7": 7, "ended": -1}
# An end that lies further back is told to nobody any more.
TOLD_AFTER_MOST = timedelta(days=60)
A_DAY = timedelta(days=1)
# So young, a certificate is not told of its end yet.
FRESH_DAYS = 7


@dataclass(frozen=True)
class Validity:
    """A programme's rule for the certificates of one course.

    completion: every end is `months` after the day of passing.
    expiry: a renewal within the window or the grace days counts on from the end before it, and else from its own day.
    fixed: the end is the next `fixed` (month, day) that is at least `minimum_months` after the day of passing, and for
    a renewal within the window the next one after the end before it.
    """

    mode: Mode = "completion"
    months: int | None = 24
    window_days: int = 90
    grace_days: int = 0
    minimum_months: int = 0
    fixed: tuple[int, int] = (12, 31)


def first_end(rule: Validity, passed_on: date) -> date | None:
    """Return the last day of a first certificate; None when the rule gives it no end."""
    if rule.mode == "fixed":
        return _next_fixed(rule, passed_on)
    return add_months(passed_on, rule.months) if rule.months else None


def next_end(rule: Validity, before: date | None, passed_on: date, first_passed_on: date) -> date | None:
    """Return the last day of a certificate that renews one whose last day was `before`; renewing never shortens."""
    end = first_end(rule, passed_on)
    if before is None or end is None:
        return end
    if _is_on_time(rule, before, passed_on):
        if rule.mode == "fixed" and end <= before:
            end = _next_fixed(rule, before)
        if rule.mode == "expiry" and rule.months:
            # The end before may have been the last of a short month; what was first meant is the day of the first pass.
            meant = first_passed_on.day if before == add_months(before, 0, first_passed_on.day) else before.day
            end = add_months(before, rule.months, meant)
    return max(end, before)


def _is_on_time(rule: Validity, end: date, passed_on: date) -> bool:
    return opens_on(rule, end) <= passed_on <= end + timedelta(days=rule.grace_days)


def _next_fixed(rule: Validity, passed_on: date) -> date:
    earliest = add_months(passed_on, rule.minimum_months)
    month, day = rule.fixed
    for year in (earliest.year, earliest.year + 1):
        end = day_in_month(year, month, day)
        if end >= earliest and end > passed_on:
            break
    return end


def opens_on(rule: Validity, end: date) -> date:
    """Return the first day on which a certificate can be renewed; renewing later than its end is always possible."""
    return end - timedelta(days=rule.window_days)


def can_be_renewed(rule: Validity, end: date | None, today: date) -> bool:
    """Decide whether a pass on a day renews a certificate."""
    return end is not None and today >= opens_on(rule, end)


def stage_of(rule: Validity, end: date | None, today: date) -> Stage:
    """Return where in its cycle a certificate stands; grace is kindness for renewing, not a longer validity."""
    if end is None:
        return "without end"
    if today > end + timedelta(days=rule.grace_days):
        return "lapsed"
    if today > end:
        return "in grace"
    return "expiring" if today >= opens_on(rule, end) else "current"


def days_before(notice: str, begun: date, end: date) -> int:
    """Return how many days before the end of a certificate a notice is due.

    A notice that would come before a short certificate is a week old is moved: to the earliest one in its second half,
    so that a certificate of a month is told of a week before its end. Where there is none, it stays where it would be.
    """
    asked, life = NOTICES[notice], (end - begun).days
    return (
        asked
        if asked + FRESH_DAYS <= life
        else max((days for days in NOTICES.values() if 0 < days <= life / 2), default=asked)
    )


def notice_due(begun: date, end: date, today: date, wanted: Collection[str], sent: Mapping[str, date]) -> str | None:
    """Return which notice of an end is due: the latest of those wanted whose day has come, told only once.

    None is due once one of the same day or later was told, nor one whose day lay before the certificate began. `told`
    holds the day on which each notice was told: one that is still to come was told by a clock that ran ahead, and
    does not count.
    """
    if today > end + TOLD_AFTER_MOST:
        return None
    days = {name: end - timedelta(days=days_before(name, begun, end)) for name in NOTICES}
    come = [name for name, day in days.items() if name in wanted and begun < day <= today]
    done = [name for name, day in sent.items() if day <= today + A_DAY]
    latest = max(reversed(come), key=days.__getitem__, default=None)
    return None if latest is None or any(days[name] >= days[latest] for name in done) else latest


@dataclass(frozen=True)
class Dates:
    """What a rule comes to for somebody: its days in their order, and (renewed on, valid until) for three of them.

    The three are the first and the last day of renewing in time, and the day after which nothing counts on any more.
    """

    passed_on: date
    end: date | None
    opens: date | None = None
    grace_until: date | None = None
    renewed: tuple[tuple[date, date | None], ...] = ()


def dates_for(rule: Validity, passed_on: date) -> Dates:
    """Return the dates of a rule for somebody who passes for the first time on a day."""
    return dates_of(rule, passed_on, first_end(rule, passed_on), passed_on)


def dates_of(rule: Validity, passed_on: date, end: date | None, first_passed_on: date) -> Dates:
    """Return the dates of a rule for somebody who has a certificate, whose last day stays as it is printed."""
    if end is None:
        return Dates(passed_on, None)
    opens, grace = max(opens_on(rule, end), passed_on + timedelta(days=1)), end + timedelta(days=rule.grace_days)
    days = (opens, end, grace + timedelta(days=1))
    renewed = tuple((day, next_end(rule, end, day, first_passed_on)) for day in days)
    return Dates(passed_on, end, opens, grace, renewed)
