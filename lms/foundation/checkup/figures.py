"""Figures of the site for metrics: whether its parts work, its queue, its emails, its disk and its last backup."""

from __future__ import annotations

import shutil
from datetime import datetime

from lms.foundation import clock
from lms.foundation.background.heartbeat import find_age
from lms.foundation.background.jobs import Jobs
from lms.foundation.backup.last_backup import find_last_backup
from lms.foundation.config.settings import Settings
from lms.foundation.mail.waiting import find_due
from lms.foundation.per_app import provided
from lms.foundation.web.figures import Figure, gauge
from lms.foundation.web.health import PARTS

WAITING = ("sidelight_work_waiting", "Work that is due and isn't done yet.")
OLDEST = ("sidelight_work_oldest_seconds", "How long the oldest of it has been due.")


def look(settings: Settings, missing: list[str]) -> list[Figure]:
    """Return what can be seen even without the database, with what isn't ready; inside the app."""
    found = [
        Figure("sidelight_ready", "1 if a part works.", {part: float(part not in missing) for part in PARTS}, "part"),
        gauge("sidelight_data_free_bytes", "Room in the data folder.", shutil.disk_usage(settings.data).free),
        Figure("sidelight_queue_pushes", "Pushes that wait in jobs.db.", provided(Jobs).count_pushes(), "lane"),
    ]
    seen = find_age(settings.data)
    if seen is not None:
        found.append(gauge("sidelight_jobs_seen_seconds", "How long ago the job process showed itself.", seen))
    # On PostgreSQL it's in the database.
    backup = find_last_backup(settings) if "database" not in missing else None
    if backup is not None:
        found.append(gauge("sidelight_backup_age_seconds", "Age of the last backup.", age_of(backup)))
    return found


def work_figures(of_rooms: dict[str, tuple[int, datetime | None]]) -> list[Figure]:
    """Return how much work waits, from the rooms and the outbox, with the age of the oldest; inside the app."""
    emails, oldest_email, given_up = find_due()
    work = {**of_rooms, "email": (emails, oldest_email)}
    return [
        Figure(*WAITING, {kind: count for kind, (count, _since) in work.items()}, "kind"),
        Figure(*OLDEST, {kind: age_of(since) if since else 0.0 for kind, (_count, since) in work.items()}, "kind"),
        gauge("sidelight_emails_given_up", "Emails that won't be tried again.", given_up),
    ]


def age_of(moment: datetime) -> float:
    """Return how long ago a moment was, in seconds."""
    return max(0.0, (clock.now() - moment).total_seconds())
