"""Checks of the work that the site does by itself: its job process, emails that wait, and backups."""

from __future__ import annotations

from datetime import datetime, timedelta

from lms.foundation import clock
from lms.foundation.background.heartbeat import is_alive
from lms.foundation.backup.last_backup import find_last_backup
from lms.foundation.checkup.findings import TEST_MAIL, Finding, age_words
from lms.foundation.config.settings import Settings
from lms.foundation.mail.waiting import Waiting, find_waiting
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import ngettext

# A backup is made each night; one that failed is noticed before the second.
BACKUP_AGE_MOST = timedelta(hours=36)


def look(settings: Settings) -> list[Finding]:
    """Return what there is to say of jobs, from the data folder alone."""
    return [check_jobs(is_alive(settings.data))]


def look_inside(settings: Settings) -> list[Finding]:
    """Return what there is to say of emails and backups, inside the app."""
    now = clock.now()
    return [check_emails(now, find_waiting()), check_backup(now, find_last_backup(settings))]


def check_jobs(alive: bool) -> Finding:
    """Find a job process that isn't there although one was."""
    if not alive:
        return Finding(
            "queue.jobs",
            _("The job process isn’t running, so no certificates are made and no emails are sent."),
            _("Start the site with lms serve, or only the job process with lms work."),
        )
    return Finding("queue.jobs", _("The job process is running, or has never been started."))


def check_emails(now: datetime, waiting: Waiting) -> Finding:
    """Find emails that should have left by now."""
    if waiting.late and waiting.oldest:
        return Finding(
            "queue.email",
            ngettext(
                "%(num)s email should have been sent by now, and hasn’t been. It was written %(age)s ago.",
                "%(num)s emails should have been sent by now, and haven’t been. The oldest was written %(age)s ago.",
                waiting.late,
                age=age_words(now - waiting.oldest),
            ),
            _("Check that the job process is running, and try the mail server: %(command)s", command=TEST_MAIL),
        )
    if waiting.given_up:
        return Finding(
            "queue.email",
            ngettext(
                "We tried for a week to send %(num)s email, and couldn’t. It won’t be tried again.",
                "We tried for a week to send %(num)s emails, and couldn’t. They won’t be tried again.",
                waiting.given_up,
            ),
            _(
                "The log says why. The addresses may not exist, or your mail server may refuse them. You can try again "
                "under “Queue” in the browser."
            ),
        )
    return Finding("queue.email", _("No email is late."))


def check_backup(now: datetime, last: datetime | None) -> Finding:
    """Find a site without a recent backup."""
    way_on = _("Run lms backup FILE, and have a timer do that each night (docs/deployment.md).")
    if last is None:
        return Finding("backup.age", _("As far as we know, no backup of this site has been made."), way_on)
    words = _("The last backup was made %(age)s ago.", age=age_words(now - last))
    return Finding("backup.age", words, way_on if now - last > BACKUP_AGE_MOST else "")
