"""The current time, in one place so that tests can move it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lms.foundation.dates import add_months

_shift = timedelta(0)


def now() -> datetime:
    """Return the present moment in UTC, with whole seconds."""
    return (datetime.now(UTC) + _shift).replace(microsecond=0)


def today(zone: str) -> date:
    """Return the calendar day in the given IANA time zone."""
    return day_of(now(), zone)


def day_of(moment: datetime, zone: str) -> date:
    """Return the calendar day of a moment in the given IANA time zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def find_zone(name: str, otherwise: str) -> ZoneInfo:
    """Return a time zone by its name, or the fallback if there's no name or the zone no longer exists."""
    try:
        return ZoneInfo(name or otherwise)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(otherwise)


def months_ago(months: int, zone: str) -> datetime:
    """Return this moment some months earlier, by the calendar of a time zone."""
    day = today(zone)
    return now() - (day - add_months(day, -months))


def is_ahead(moment: datetime, most: timedelta) -> bool:
    """Return whether a moment is still to come, but not later than something can last.

    One further ahead was set while the clock was fast. Waiting for it could take years.
    """
    return timedelta(0) < moment - now() <= most


def shift(by: timedelta) -> None:
    """Move this process's clock by an amount, zero to put it right again."""
    global _shift
    _shift = by
