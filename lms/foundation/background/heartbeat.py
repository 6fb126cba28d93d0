"""Heartbeat: the job process touches a file each second, so that other processes can tell that it runs."""

from __future__ import annotations

import logging
import time
from pathlib import Path

log = logging.getLogger("lms.jobs")

FILE = "jobs.alive"
# A busy machine may make it miss some seconds.
GONE_AFTER_SECONDS = 20.0


def note_alive(data: Path) -> None:
    """Note that the job process is there, or is being started; a full disk does not stop it."""
    try:
        (data / FILE).touch(mode=0o600)
    except OSError:
        log.warning("the job process cannot note that it is there", exc_info=True)


def find_age(data: Path) -> float | None:
    """Return how many seconds ago the job process of a data folder was there; None where none was ever started."""
    try:
        return max(0.0, time.time() - (data / FILE).stat().st_mtime)
    except FileNotFoundError:
        return None


def is_alive(data: Path) -> bool:
    """Return whether the job process of a data folder was there just now; True where none was ever started."""
    age = find_age(data)
    return age is None or age < GONE_AFTER_SECONDS
