"""Erasures outside the backup: a file with the inner ids of deleted accounts, so that a restore deletes them again."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy.exc import OperationalError

from lms.foundation.db import db
from lms.foundation.turns import SQLITE_WAIT

# What a crash leaves of one.
HALF_A_LINE = re.compile(r"[0-9]{1,4}(-[0-9]{0,2}){0,2}( [0-9a-zA-Z-]{0,64}( [a-z]{0,5})?)?")
log = logging.getLogger("lms.erasures")

LOG_WAIT_MS = 500
FILE = "erasures.log"
LINE = re.compile(r"(\d{4}-\d\d-\d\d) ([0-9a-zA-Z-]{1,64}) (sealed|plain)")


class BadErasures(Exception):
    """A file that isn't a list of deleted accounts; the message says where."""


@dataclass(frozen=True)
class Erasure:
    """A deleted account: its inner id, the day, and whether names on its certificates stay comparable by a seal."""

    person_id: str
    day: date
    sealed: bool

    def as_line(self) -> str:
        """Return it as the file has it."""
        return f"{self.day} {self.person_id} {'sealed' if self.sealed else 'plain'}\n"


def note(data: Path, erasure: Erasure) -> None:
    """Append a deletion that was just committed; a full disk is logged, because the account is gone all the same."""
    try:
        handle = os.open(data / FILE, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            size = os.fstat(handle).st_size
            after_half_a_line = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
            os.write(handle, (after_half_a_line * "\n" + erasure.as_line()).encode())
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError:
        log.exception("a deleted account could not be added to %s; the next backup adds it", FILE)


def empty_log() -> None:
    """Empty SQLite's write-ahead log, where deleted rows can still be read; as far as readers let it."""
    if db.engine.dialect.name != "sqlite":
        return
    with suppress(OperationalError), db.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={LOG_WAIT_MS}")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql(f"PRAGMA {SQLITE_WAIT}")


def read(path: Path) -> dict[str, Erasure]:
    """Return the deletions of a file by person; a line that was cut off by a crash at its end is left out.

    Raise BadErasures, which names the line, for a file that is something else.
    """
    found = {}
    lines = path.read_bytes().decode("utf-8", "replace").splitlines(keepends=True)
    for number, line in enumerate(lines, 1):
        match = LINE.fullmatch(line.rstrip("\r\n"))
        whole = line.endswith("\n") and not HALF_A_LINE.fullmatch(line.strip())
        if match is None and line.strip() and whole:
            raise BadErasures(f"{path}, line {number}, isn’t the day and id of a deleted account. Nothing was changed.")
        if match:
            found[match[2]] = Erasure(match[2], date.fromisoformat(match[1]), match[3] == "sealed")
    return found


def write(data: Path, found: Iterable[Erasure]) -> None:
    """Write the whole file of a data folder."""
    lines = [erasure.as_line() for erasure in sorted(found, key=lambda erasure: (erasure.day, erasure.person_id))]
    handle = os.open(data / FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.writelines(lines)
