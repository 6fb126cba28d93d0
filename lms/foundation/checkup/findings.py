"""Check results: what one check of the site found, in words, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import ngettext

SHOWN_MOST = 5
HOURS_MOST = 48
TEST_MAIL = "lms doctor --mail-to ADDRESS"


@dataclass(frozen=True)
class Finding:
    """What a check found; programs go by its key. Something to do means that it needs attention."""

    check: str
    text: str
    to_do: str = ""


def some_of(names: Sequence[str], count: int | None = None) -> str:
    """Return the first few names in one line, and how many more there are; `names` may be the first of `count`."""
    shown = ", ".join(names[:SHOWN_MOST])
    more = (len(names) if count is None else count) - SHOWN_MOST
    return (
        ngettext("%(shown)s and %(num)s more", "%(shown)s and %(num)s more", more, shown=shown) if more > 0 else shown
    )


def age_words(age: timedelta) -> str:
    """Return how long something took in hours, or in days when it's more than two."""
    hours = int(age.total_seconds() // 3600)
    if hours < 1:
        return _("less than an hour")
    if hours < HOURS_MOST:
        return ngettext("%(num)s hour", "%(num)s hours", hours)
    return ngettext("%(num)s day", "%(num)s days", hours // 24)


def size_words(size: int) -> str:
    """Return a number of bytes in MB, or in GB when it's more than a thousand."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"
