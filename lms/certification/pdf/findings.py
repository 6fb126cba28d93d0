"""Checks of certificates that wait for their PDF, and of the lists of withdrawn badges."""

from __future__ import annotations

from datetime import datetime, timedelta

from lms.certification.awards.document_records import find_oldest_request, list_troubled
from lms.certification.awards.texts.wording import operator_notices
from lms.certification.badges.records import lists_expired
from lms.foundation import clock
from lms.foundation.checkup.findings import Finding, age_words
from lms.foundation.text.i18n import gettext as _

LATE_AFTER = timedelta(minutes=15)


def look() -> list[Finding]:
    """Return what there is to say of PDFs and badges."""
    return [check_pdfs(clock.now(), len(list_troubled()), find_oldest_request()), check_badges(lists_expired())]


def check_pdfs(now: datetime, troubled: int, oldest: datetime | None) -> Finding:
    """Find PDFs that couldn't be made, and ones that nobody tried to make."""
    if troubled:
        (words,) = operator_notices(troubled, False)
        return Finding("queue.pdf", words, _("Fix what it says there. The PDFs are then made automatically."))
    if oldest and now - oldest > LATE_AFTER:
        return Finding(
            "queue.pdf",
            _("A certificate has been waiting for its PDF for %(age)s.", age=age_words(now - oldest)),
            _("Check that the job process is running: lms serve starts it."),
        )
    return Finding("queue.pdf", _("No certificate is waiting for its PDF."))


def check_badges(expired: bool) -> Finding:
    """Find signed lists of withdrawn badges that expired."""
    if expired:
        (words,) = operator_notices(0, True)
        return Finding("badges.lists", words, _("Start the site with lms serve; it signs the lists again."))
    return Finding("badges.lists", _("The lists of withdrawn badges are up to date."))
