"""Checks of work for many certificates at once: whether any has been under way for too long."""

from __future__ import annotations

from datetime import datetime, timedelta

from lms.coordination.batches.records import find_oldest_running
from lms.foundation import clock
from lms.foundation.checkup.findings import Finding, age_words
from lms.foundation.text.i18n import gettext as _

LATE_AFTER = timedelta(hours=2)


def look() -> list[Finding]:
    """Return what there is to say of work for many certificates."""
    return [check_batches(clock.now(), find_oldest_running())]


def check_batches(now: datetime, oldest: datetime | None) -> Finding:
    """Find work that should have ended by now."""
    if oldest and now - oldest > LATE_AFTER:
        return Finding(
            "queue.batches",
            _(
                "Making a ZIP file or certificates for many people has taken %(age)s so far.",
                age=age_words(now - oldest),
            ),
            _("Check that the job process is running, and look in the log for why it stops."),
        )
    return Finding("queue.batches", _("ZIP files and certificates for many people are up to date."))
