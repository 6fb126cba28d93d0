"""How much memory this process uses, on systems that say so."""

from __future__ import annotations

import resource
from pathlib import Path


def find_memory() -> int:
    """Return the bytes of this process that are in memory; 0 if the system doesn't say, as on macOS."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * resource.getpagesize()
