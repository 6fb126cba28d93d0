"""A lock on a data folder: whatever serves its site shares it, and whatever replaces or migrates the site has it alone.

The kernel holds it for a process, so one that is killed leaves no lock behind.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


def lock(data: Path, *, alone: bool) -> int | None:
    """Lock a data folder for as long as the returned handle is open in some process; raise BlockingIOError if taken.

    A folder that isn't there yet, or whose disk knows no locks, is not locked.
    """
    try:
        handle = os.open(data, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return None
    try:
        fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        if isinstance(error, BlockingIOError):
            raise
        return None
    return handle
