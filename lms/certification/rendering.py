"""Making documents: from an award to bytes that are kept, in the job process or in a short-lived child."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

from lms.accounts.records import get_programme
from lms.certification import actions, pages, records
from lms.certification.records import Award
from lms.foundation.db import write
from lms.foundation.settings import Settings
from lms.foundation.words import duration

log = logging.getLogger("lms.certification")


def design_folder(name: str, settings: Settings, shipped: Path) -> Path:
    """Return the folder of a design: the site's own in its data folder before the one that is shipped."""
    for folder in (settings.data / "certificates" / name, shipped / name):
        if (folder / "design.toml").is_file():
            return folder
    return shipped / "warm"


def make_document(award_id: str, settings: Settings, shipped: Path) -> None:
    """Render an award's PDF and keep it; trouble is remembered, and the sweep tries again."""
    award = records.get_award(award_id)
    if records.document_is_stored(award_id) or award.waiting or not award.name:
        return
    try:
        content = _render(award, settings, shipped)
    except Exception as trouble:
        log.exception("a certificate could not be made yet")
        write(actions.note_render_trouble, award_id, repr(trouble))
    else:
        write(actions.store_document, award_id, content)


def _render(award: Award, settings: Settings, shipped: Path) -> bytes:
    from lms.certification.documents import CertificateFacts, render

    facts = CertificateFacts(
        code=award.code,
        verify_url=pages.square_address(settings, award.code),
        name=award.name,
        course_title=award.title,
        version=award.version,
        awarded_on=award.passed_on,
        valid_until=award.valid_until,
        hours=duration(award.facts["minutes"]).removeprefix("About "),
        attests=pages.sentence(award.name, award.facts),
        does_not_attest=award.facts["does_not_attest"],
        programme=get_programme(award.programme_id).name,
        language=award.facts["language"],
    )
    return render(facts, design_folder(award.facts["design"], settings, shipped))


def sweep(settings: Settings, shipped: Path) -> None:
    """Make every document that is asked for and not made."""
    for award_id in records.list_unrendered():
        make_document(award_id, settings, shipped)


def render_in_child(code: str) -> None:
    """Make one document in a process of its own, for a site whose job process does not run."""
    command = [sys.executable, "-m", "lms.cli", "certificates", "render", code]
    try:
        subprocess.run(command, check=False, timeout=30, capture_output=True)
    except subprocess.TimeoutExpired:
        log.warning("a certificate took too long in its child process; the sweep will make it")
