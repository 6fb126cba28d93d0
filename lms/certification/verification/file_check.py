"""Verifying a file: read in a child process, then compared with our records."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lms.certification.awards import document_records, records
from lms.certification.awards.codes import normalise_code
from lms.certification.awards.records import Award
from lms.certification.awards.texts.text import plain
from lms.certification.badges import records as badge_records
from lms.certification.keys.listing import key_rows
from lms.certification.verification.file_report import BYTES_MOST, Reading, from_text, said_in, status_place
from lms.foundation.config.settings import Settings
from lms.foundation.turns import one_child

log = logging.getLogger("lms.certification")
SECONDS_MOST = 15
# What a reader gets of this process's surroundings: where its programs are, and no setting.
_SURROUNDINGS = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG")


@dataclass(frozen=True)
class FileResult:
    """What a file turned out to be: a key of `REFUSALS` or nothing, and the award in our records."""

    kind: str
    problem: str
    badge: dict[str, Any] | None
    award: Award | None
    # False where its holder had their name removed, so that no copy is left to compare it with.
    compared: bool = True
    # When a timestamp server saw the signature, as an ISO moment; empty for a file without a timestamp.
    stamped_at: str = ""

    @property
    def genuine(self) -> bool:
        """Whether the file is what this site made, whatever became of the certificate since."""
        return not self.problem


def check_file(content: bytes, settings: Settings, pictures: Path) -> FileResult:
    """Read a file in a process of its own, and compare it with our records.

    What reads badges and signatures weighs as much as a whole web worker's own code, and what it is given may be made
    to break it: a process that ends after one file gives the memory back, and can be limited. Raise Busy when two files
    are being read already.
    """
    if len(content) > BYTES_MOST:
        return FileResult("unknown", "too-large", None, None)
    rows = key_rows(settings)
    reading = None
    if rows:
        with one_child(settings.data):
            reading = _read_aside(content, rows, pictures)
    if reading is None:
        return FileResult("unknown", "not-read" if rows else "not-recognised", None, None)
    return compare_with_records(reading)


def _read_aside(content: bytes, rows: list[dict[str, str]], pictures: Path) -> Reading | None:
    surroundings = {name: os.environ[name] for name in _SURROUNDINGS if name in os.environ}
    command = [sys.executable, "-B", "-m", "lms.certification.verification.sandbox", str(pictures)]
    sent = json.dumps(rows).encode() + b"\n" + content
    try:
        done = subprocess.run(
            command, input=sent, env=surroundings, check=True, timeout=SECONDS_MOST, capture_output=True
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as trouble:
        log.warning("a file could not be read in its child process: %s", type(trouble).__name__)
        return None
    return from_text(done.stdout.decode())


def compare_with_records(reading: Reading) -> FileResult:
    """Return what a reading comes to beside what the register keeps."""
    by_digest = document_records.find_award_of_document(reading.sha256) if reading.kind == "pdf" else None
    by_badge = _award_of(reading.badge) if reading.badge else None
    award = by_digest or by_badge or records.find_award(reading.code)
    if award is not None and award.waiting:
        award = None
    problem, compared = reading.problem or _problem_beside(reading, award, by_badge), _has_copy(reading, award)
    if not compared:
        # Nothing but the key speaks for it, so the key has to be one that can be relied on.
        problem = problem or reading.doubt
    return FileResult(reading.kind, problem, reading.badge, award, compared, reading.stamped_at)


def _has_copy(reading: Reading, award: Award | None) -> bool:
    """Return whether the register keeps what a file of this kind can be compared with."""
    if award is None:
        return False
    if reading.kind == "pdf":
        return document_records.document_is_stored(award.id) is not None
    return badge_records.has_badge(award.id)


def _problem_beside(reading: Reading, award: Award | None, by_badge: Award | None) -> str:
    if award is None:
        return "not-in-register"
    if reading.badge and (by_badge is None or by_badge.id != award.id):
        return "badge-of-another"
    if reading.badge and not _is_kept(reading.badge, award.id):
        return "not-the-kept-one"
    if reading.kind == "pdf":
        stored = document_records.find_document(award.id)
        # Where its holder had their name removed, no copy is kept; the signature still stands.
        return "not-the-kept-one" if stored and stored.sha256 != reading.sha256 else ""
    return ""


def _award_of(badge: dict[str, Any]) -> Award | None:
    found = badge_records.find_in_list(*status_place(badge))
    return records.get_award(found.award_id) if found else None


def _is_kept(badge: dict[str, Any], award_id: str) -> bool:
    """Return whether a badge is the kept one in all its parts, or none is kept any more."""
    stored = badge_records.find_credential(award_id)
    return stored is None or not stored.content or json.loads(stored.content) == badge


def qr_parts(typed: str) -> tuple[str, str] | None:
    """Return the code and the signed payload of a QR code's address; None for any other text."""
    try:
        parts = urlsplit(typed.strip())
    except ValueError:
        return None
    code = normalise_code(parts.path.rpartition("/")[2])
    return (code, parts.fragment) if code and parts.fragment else None


def said_by(award: Award) -> dict[str, str]:
    """Return what the register says of a certificate, by the names of `said_in`, without the name on it."""
    until = award.valid_until.isoformat() if award.valid_until else ""
    said = {"course": award.title, "version": award.version, "awarded_on": award.passed_on.isoformat()}
    return said | {"valid_until": until}


def same_name(badge: dict[str, Any], award: Award) -> bool | None:
    """Say whether a verified badge is in the name that the register keeps; None where none is kept any more."""
    return plain(award.name) == plain(said_in(badge)["name"]) if award.name else None
