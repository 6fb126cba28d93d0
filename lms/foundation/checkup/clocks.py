"""Checks of the clock: against the database server's, and against the newest record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from lms.foundation import clock
from lms.foundation.audit.entries import find_newest
from lms.foundation.checkup.findings import Finding, age_words
from lms.foundation.db import db
from lms.foundation.text.i18n import gettext as _

APART_MOST = timedelta(seconds=30)


def look() -> list[Finding]:
    """Return what there is to say of the clock, inside the app."""
    findings = [check_newest(clock.now(), find_newest())]
    if db.engine.dialect.name == "postgresql":
        there: datetime = db.session.execute(text("SELECT clock_timestamp()")).scalar_one()
        findings.append(check_servers(clock.now(), there.astimezone(UTC)))
    return findings


def check_servers(here: datetime, there: datetime) -> Finding:
    """Find two machines whose clocks differ."""
    apart = abs(here - there)
    if apart > APART_MOST:
        seconds = int(apart.total_seconds())
        return Finding(
            "clock.database",
            _("This machine’s clock and the database server’s differ by %(seconds)s seconds.", seconds=seconds),
            _("Have both set their clocks by NTP, for example with systemd-timesyncd or chrony."),
        )
    return Finding("clock.database", _("This machine’s clock agrees with the database server’s."))


def check_newest(now: datetime, newest: datetime | None) -> Finding:
    """Find records from the future: the clock is slow now, or was fast when they were written."""
    if newest is not None and newest - now > APART_MOST:
        return Finding(
            "clock.records",
            _(
                "The newest record is %(age)s in the future, so the clock is slow now, or was fast before.",
                age=age_words(newest - now),
            ),
            _("Compare this machine’s clock with another one, and have it set by NTP."),
        )
    return Finding("clock.records", _("No record is in the future."))
