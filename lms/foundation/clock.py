"""The current time, in one place so that tests can move it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

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


def shift(by: timedelta) -> None:
    """Move this process's clock by an amount, zero to put it right again."""
    global _shift
    _shift = by
