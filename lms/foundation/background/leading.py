"""Leadership: which of several job processes does the work of a lane, so that nothing is done twice."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lms.foundation.background.own_connection import OwnConnection

TRY_LOCK, UNLOCK = "SELECT pg_try_advisory_lock(%s)", "SELECT pg_advisory_unlock(%s)"
# Held by the job processes and web workers of all hosts that serve a site, or exclusively by whoever migrates its
# database.
SERVED = 5_110_602
# Held by whoever restores or upgrades a site; no host starts meanwhile.
REPLACED = 5_110_603
TRY_SHARED = "SELECT pg_try_advisory_lock_shared(%s)"


class FolderLeading:
    """Leadership among the job processes of one data folder, by locks on files that end with their process."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._files: dict[str, int] = {}

    def leads(self, lane: str) -> bool:
        """Return whether this process leads a lane; if nobody did, it does from here on."""
        if lane in self._files:
            return True
        file = os.open(self._data / f"lane-{lane}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(file)
            # On a disk without locks there is one job process, so it leads.
            return not isinstance(error, BlockingIOError)
        self._files[lane] = file
        return True

    def close(self) -> None:
        """Leave all lanes to another process."""
        while self._files:
            os.close(self._files.popitem()[1])

    @contextmanager
    def only_one(self, _kind: str, _key: str) -> Iterator[bool]:
        """Yield True, because only the process that leads a lane does its work."""
        yield True


class SharedLeading:
    """Leadership among all job processes of a PostgreSQL database, by advisory locks that end with their connection."""

    def __init__(self, connection: OwnConnection) -> None:
        self._connection = connection
        # The connection on which each lane's lock was taken, and the one that says that this host serves the site.
        self._taken_on: dict[str, int] = {}
        self._served_on = 0

    def leads(self, lane: str) -> bool:
        """Return whether this process leads a lane; if nobody did, it does from here on.

        Nobody leads while the database is migrated.
        """
        if not self._is_served():
            return False
        if lane in self._taken_on:
            if self._taken_on[lane] == self._served_on:
                return True
            del self._taken_on[lane]
        taken_on, taken = self._try(_number("lane", lane))
        if taken:
            self._taken_on[lane] = taken_on
        return taken

    def close(self) -> None:
        """Leave all lanes to another process."""
        self._connection.close()

    @contextmanager
    def only_one(self, kind: str, key: str) -> Iterator[bool]:
        """Lock a piece of work and yield True; yield False if another process has locked it."""
        number = _number(kind, key)
        _on, taken = self._try(number)
        try:
            yield taken
        finally:
            if taken:
                self._connection.let_go(UNLOCK, (number,))

    def _is_served(self) -> bool:
        """Say on each new connection that this host serves the site, and return whether it may."""
        now_on, _rows = self._connection.ask_numbered("SELECT 1")
        if now_on != self._served_on:
            now_on, rows = self._connection.ask_numbered(TRY_SHARED, (SERVED,))
            self._served_on = now_on if rows[0][0] else 0
        return self._served_on != 0

    def _try(self, number: int) -> tuple[int, bool]:
        """Return on which connection a lock was asked for, and whether it was free."""
        on, rows = self._connection.ask_numbered(TRY_LOCK, (number,))
        return on, bool(rows[0][0])


def is_served(database_url: str) -> bool:
    """Return whether some host serves the site of a PostgreSQL database now."""
    connection = OwnConnection(database_url)
    try:
        return not connection.ask(TRY_LOCK, (SERVED,))[0][0]
    finally:
        connection.close()


@contextmanager
def unserved(database_url: str) -> Iterator[bool]:
    """Keep hosts from starting to serve the site of a PostgreSQL database; yield False if one serves or replaces it.

    The lock of those that serve it isn't held, because a migration takes it.
    """
    connection = OwnConnection(database_url)
    try:
        yield connection.ask(TRY_LOCK, (REPLACED,))[0][0] and not is_served(database_url)
    finally:
        connection.close()


def _number(kind: str, key: str) -> int:
    """Return the number of a lock, the same on all hosts."""
    digest = hashlib.sha256(f"sidelight {kind} {key}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)
