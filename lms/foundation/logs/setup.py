"""Log lines: each starts with its time in UTC, its level and its source."""

from __future__ import annotations

import logging
import time


def start_logs() -> None:
    """Give every line that no other program's set-up takes a time; warnings and worse go to the terminal."""
    form = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    form.converter = time.gmtime
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(form)
