"""Jobs that make PDFs, in the job process or in a short-lived child, and store them.

What lays out and signs PDFs is imported when the first one is made: it takes 0.75 s and 41 MB (WeasyPrint, pyHanko,
pyld), and web workers, which import this module, make none.
"""

from __future__ import annotations

import gc
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from lms.certification.awards import actions, document_records, records
from lms.certification.awards.records import Award
from lms.certification.badges.issue import make_status_lists, stored_badge
from lms.certification.keys.opening import key_ids, keys_of
from lms.certification.keys.records import find_compromised, note_time_keys
from lms.certification.pdf.transcript import transcript_requests
from lms.foundation.background.jobs import Jobs
from lms.foundation.config.settings import Settings
from lms.foundation.db import write
from lms.foundation.late import late
from lms.foundation.per_app import provided
from lms.foundation.text.i18n import speaking
from lms.foundation.turns import OnlyRead, one_child

if TYPE_CHECKING:
    from lms.certification.badges import reissue
    from lms.certification.keys.keyring import Ring
    from lms.certification.pdf import documents
    from lms.certification.pdf.documents import Made
else:
    documents = late("lms.certification.pdf.documents")  # 0.75 s and 41 MB (WeasyPrint), which web workers do without
    reissue = late("lms.certification.badges.reissue")  # 31 ms and 2 MB, because web workers sign nothing

log = logging.getLogger("lms.certification")


class Makers(NamedTuple):
    """What makes each kind of PDF."""

    certificate: Callable[[Award, bytes, Ring, Settings, Path], Made]
    transcript: Callable[[str, Settings, Path], bytes]


@cache
def _makers() -> Makers:
    made = Makers(documents.make_certificate, documents.make_transcript)
    # What is there by now isn't looked at again when memory is tidied up, which makes every PDF faster.
    gc.collect()
    gc.freeze()
    return made


def make_document(award_id: str, settings: Settings, shipped: Path, *, may_fetch: bool = True) -> None:
    """Sign and store an award's badge, then render, sign and store its PDF; after an error the sweep tries again.

    Whatever the PDF waits for, the badge does not. Only the job process fetches timestamps: elsewhere (`may_fetch` is
    False), a PDF that still waits for one is left to it. While another host makes it, nothing is done here.
    """
    with provided(Jobs).only_one("certification.render", award_id) as ours:
        if ours:
            _make_document(award_id, settings, shipped, may_fetch=may_fetch)


def _make_document(award_id: str, settings: Settings, shipped: Path, *, may_fetch: bool) -> None:
    award = records.get_award(award_id)
    if document_records.document_is_stored(award_id) or award.waiting or not award.name:
        return
    try:
        ring = keys_of(settings)
        badge = stored_badge(award, ring, settings)
        reissue.check_badge_key(award_id)
        if settings.timestamps and not may_fetch and document_records.may_wait_for_time(award_id):
            return
        # After the badge, which works without WeasyPrint.
        made = _makers().certificate(award, badge, ring, settings, shipped)
    except OnlyRead:
        raise  # which isn't the certificate's own trouble, and the sweep tries again
    except Exception as trouble:
        log.exception("a certificate could not be made yet")
        write(actions.note_render_trouble, award_id, repr(trouble), getattr(trouble, "letters", ()))
    else:
        if made.waits_for:
            write(actions.note_wait_for_time, award_id, made.waits_for)
            return
        write(_store, award_id, made, key_ids(ring))
        make_status_lists(settings)


def _store(award_id: str, made: Made, signed_with: tuple[str, str]) -> None:
    """Store a PDF, unless its key was marked as compromised in the meantime; then the sweep makes it again."""
    if not find_compromised(signed_with):
        note_time_keys(made.time_keys)
        actions.store_document(award_id, made.content, made.timestamp)


def sweep(settings: Settings, shipped: Path) -> None:
    """Make every document that is asked for and not made, and every list of withdrawn badges that is stale."""
    for award_id in document_records.list_unrendered():
        make_document(award_id, settings, shipped)
    make_status_lists(settings)


def render_in_child(code: str, settings: Settings) -> None:
    """Make one document in a process of its own, for a site whose job process does not run."""
    command = [sys.executable, "-m", "lms.cli", "certificates", "render", code]
    try:
        with one_child(settings.data):
            subprocess.run(command, check=False, timeout=30, capture_output=True, env=_of_this_site(settings))
    except subprocess.TimeoutExpired:
        log.warning("a certificate took too long in its child process; the sweep will make it")


def make_requested_transcript(person_id: str, settings: Settings, shipped: Path) -> None:
    """Make the PDF that somebody asked for, in the language of their request; after trouble the sweep tries again.

    While another host makes it, nothing is done here.
    """
    with provided(Jobs).only_one("certification.transcript", person_id) as ours:
        if ours:
            _make_transcript(person_id, settings, shipped)


def _make_transcript(person_id: str, settings: Settings, shipped: Path) -> None:
    request = transcript_requests.find_request(person_id)
    if request is None or request.made_at:
        return
    try:
        with speaking(request.language):
            content = _makers().transcript(person_id, settings, shipped)
    except Exception:
        log.exception("a transcript could not be made yet")
        write(transcript_requests.note_trouble, person_id)
    else:
        write(transcript_requests.store, person_id, content)


def sweep_transcripts(settings: Settings, shipped: Path) -> None:
    """Delete the PDFs of transcripts whose hour is over, and make those that are asked for and not made."""
    transcript_requests.delete_old()
    for person_id in transcript_requests.list_unmade():
        make_requested_transcript(person_id, settings, shipped)


def _of_this_site(settings: Settings) -> dict[str, str]:
    """Return the environment in which a child works on the same rows and files as this process."""
    return {**os.environ, "LMS_DATA": str(settings.data), "LMS_DATABASE_URL": settings.database_url}
