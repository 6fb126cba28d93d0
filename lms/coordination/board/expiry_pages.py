"""The chart of certificates that expire in the coming months."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from lms.coordination.board.rules import Sum
from lms.foundation.dates import add_months
from lms.foundation.text.i18n import month

MONTHS = 12
# The height of the tallest bar, in CSS pixels.
TALLEST = 72


@dataclass(frozen=True)
class ExpiryMonth:
    """How many certificates expire in a month, and how tall its bar is."""

    name: str
    short_name: str
    year: str
    count: int
    height: int


def expiring_by_month(sums: Iterable[Sum], today: date) -> list[ExpiryMonth]:
    """Return this month and the eleven after it; nothing when no certificate expires in them."""
    counts: Counter[date] = Counter()
    for one in sums:
        if one.ends_in and one.state in {"completed", "ready", "renew_by"}:
            counts[date(*one.ends_in, 1)] += one.count
    months = [add_months(today.replace(day=1), number) for number in range(MONTHS)]
    most = max(counts[first] for first in months)
    if not most:
        return []
    return [
        ExpiryMonth(
            month(first),
            month(first, "LLL"),
            str(first.year) if first == months[0] or first.month == 1 else "",
            counts[first],
            round(TALLEST * counts[first] / most),
        )
        for first in months
    ]
