"""Checks of certificates that wait for their PDF, of their fonts, and of the lists of withdrawn badges."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from lms.certification.awards.document_records import count_without_time, find_oldest_request, list_troubled
from lms.certification.awards.texts.wording import operator_notices
from lms.certification.badges.records import lists_expired
from lms.certification.pdf.designs import FONTS, USUAL, Face, added_fonts, design_in, faces
from lms.certification.pdf.fonts.characters import is_east_asian
from lms.foundation import clock
from lms.foundation.checkup.findings import Finding, age_words, some_of
from lms.foundation.config.settings import Settings
from lms.foundation.config.shipped import shipped
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import ngettext

LATE_AFTER, TOLD_FOR = timedelta(minutes=15), timedelta(days=30)
INSTALL_FONTS = ".venv/bin/pip install --require-hashes --no-deps -r requirements-cjk.txt"
ADD_FONTS = "lms certificates fonts --add"


def look(settings: Settings) -> list[Finding]:
    """Return the findings about PDFs, their fonts and timestamps, and the lists of badges."""
    folder, now = shipped("certificates"), clock.now()
    troubled = list_troubled().values()
    letters = {letter for request in troubled for letter in request.missing_letters}
    return [
        check_pdfs(now, len(troubled), find_oldest_request()),
        check_fonts(faces(design_in(folder / USUAL, folder / FONTS, added=added_fonts(settings))), letters),
        check_badges(lists_expired()),
        check_timestamps(
            asked_for=settings.timestamps is not None,
            waiting=next((request.trouble or "" for request in troubled if not request.tries), ""),
            missing=count_without_time(now - TOLD_FOR),
        ),
    ]


def check_timestamps(*, asked_for: bool, waiting: str, missing: int) -> Finding:
    """Find a timestamp server that gives no timestamps, and PDFs that were signed without one because of that."""
    if asked_for and waiting:
        return Finding(
            "queue.timestamps",
            _("PDFs are waiting for a timestamp: %(why)s.", why=waiting),
            _(
                "Check LMS_TIMESTAMP_URL and LMS_TIMESTAMP_CA. Each PDF waits for up to an hour, and is then signed "
                "without one."
            ),
        )
    if missing:
        return Finding(
            "queue.timestamps",
            ngettext(
                "In the last 30 days, %(num)s PDF was signed without a timestamp, because the server gave none within"
                " an hour.",
                "In the last 30 days, %(num)s PDFs were signed without a timestamp, because the server gave none within"
                " an hour.",
                missing,
            ),
            _("They’re valid. lms certificates list shows which they are. Reissue one if it needs a timestamp."),
        )
    if asked_for:
        return Finding("queue.timestamps", _("No PDF is held up by the timestamp server."))
    return Finding("queue.timestamps", _("PDFs are signed without timestamps, because LMS_TIMESTAMP_URL isn’t set."))


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


def check_fonts(listed: Iterable[Face], letters: Iterable[str]) -> Finding:
    """Find fonts that came with the site and are lost or damaged, and names that wait for those that can be added."""
    listed = list(listed)
    lost = [Path(face.file).name for face in listed if face.path is None and not face.package]
    if lost:
        return Finding(
            "certificates.fonts",
            _("Certificate fonts are missing or damaged: %(files)s.", files=some_of(lost)),
            _("Install this version of the site again. PDFs that need these fonts are then made automatically."),
        )
    if all(face.path for face in listed):
        return Finding("certificates.fonts", _("All certificate fonts are in place."))
    if any(is_east_asian(letter) for letter in letters):
        return Finding(
            "certificates.fonts",
            _("Certificates with Chinese or Korean names are waiting for fonts before their PDFs can be made."),
            _("Run %(install)s and then %(add)s.", install=INSTALL_FONTS, add=ADD_FONTS),
        )
    return Finding(
        "certificates.fonts",
        _(
            "The fonts that come with the site are in place. To add the ones for Chinese and Korean names, run "
            "%(install)s and then %(add)s.",
            install=INSTALL_FONTS,
            add=ADD_FONTS,
        ),
    )


def check_badges(expired: bool) -> Finding:
    """Find signed lists of withdrawn badges that expired."""
    if expired:
        (words,) = operator_notices(0, True)
        return Finding("badges.lists", words, _("Start the site with lms serve; it signs the lists again."))
    return Finding("badges.lists", _("The lists of withdrawn badges are up to date."))
