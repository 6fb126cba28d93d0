"""What `lms audit verify` found when it last ran, for the page on which operators read the trail."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lms.foundation.storage.files import write_whole

LAST_VERIFIED = "last-audit-verify"


@dataclass(frozen=True)
class Verified:
    """When the trail was verified, and whether everything was as it should be."""

    at: datetime
    whole: bool


def note_verified(data: Path, at: datetime, whole: bool) -> None:
    """Note what was found; a disk without room costs the note and nothing else."""
    with suppress(OSError):
        write_whole(data / LAST_VERIFIED, json.dumps({"at": at.isoformat(), "whole": whole}).encode())


def find_last_verified(data: Path) -> Verified | None:
    """Return what was found last; None if the trail of this site was never verified."""
    try:
        found = json.loads((data / LAST_VERIFIED).read_text("ascii"))
        return Verified(datetime.fromisoformat(found["at"]), found["whole"] is True)
    except (OSError, ValueError, KeyError, TypeError):
        return None
