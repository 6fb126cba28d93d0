"""Health checks: whether database, disk and job process work."""

from __future__ import annotations

import logging
import os
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from lms.foundation.background.heartbeat import is_alive
from lms.foundation.config.settings import Settings
from lms.foundation.db import db

log = logging.getLogger("lms.health")

PARTS = ("database", "disk", "jobs")

# Room for a few certificates and a day of rows.
ROOM_BYTES = 1024 * 1024
# Whoever asks more often gets the last answer, so that asking costs nothing.
KEEP_SECONDS = 1.0


@dataclass
class Health:
    """What is missing, found out at most once a second."""

    settings: Settings
    _found: list[str] = field(default_factory=list)
    _looked_at: float = -KEEP_SECONDS

    def missing(self) -> list[str]:
        """Return what does not work: "database", "disk", "jobs", or nothing."""
        if time.monotonic() - self._looked_at >= KEEP_SECONDS:
            checks = {
                "database": database_answers(),
                "disk": has_room(self.settings.data),
                "jobs": is_alive(self.settings.data),
            }
            self._found = [name for name, works in checks.items() if not works]
            self._looked_at = time.monotonic()
            if self._found:
                log.warning("not ready: %s", ", ".join(self._found))
        return self._found


def database_answers() -> bool:
    """Return whether the database answers a question."""
    try:
        db.session.execute(text("select 1"))
    except SQLAlchemyError:
        return False
    return True


def has_room(folder: Path) -> bool:
    """Return whether a file of a megabyte can be written in a folder."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            os.posix_fallocate(file.fileno(), 0, ROOM_BYTES)
    except OSError:
        return False
    return True
