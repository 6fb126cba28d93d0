"""Calendar arithmetic with months."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def day_in_month(year: int, month: int, day: int) -> date:
    """Return a day of a month, or the month's last day where there is no such day."""
    return date(year, month, min(day, monthrange(year, month)[1]))


def add_months(day: date, months: int, on: int | None = None) -> date:
    """Return the same day some months on, or before when negative; the month's last day where there is no such day.

    `on` is the day of the month that was first meant, so that 29 February comes back after three years of the 28th.
    """
    years, month = divmod(day.month - 1 + months, 12)
    return day_in_month(day.year + years, month + 1, on or day.day)
