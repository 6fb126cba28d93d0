"""Lengths of time in words, as notices and documents say how long something is kept."""

from __future__ import annotations

from datetime import timedelta

from lms.foundation.text.i18n import ngettext

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def in_words(period: timedelta) -> str:
    """Return whole days, or hours for less than one, as "30 days"."""
    if period < DAY:
        return ngettext("%(num)s hour", "%(num)s hours", period // HOUR)
    return ngettext("%(num)s day", "%(num)s days", period // DAY)


def months_in_words(months: int) -> str:
    """Return a number of months, as "24 months"."""
    return ngettext("%(num)s month", "%(num)s months", months)
