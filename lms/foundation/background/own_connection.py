"""A connection to PostgreSQL outside the pool, for statements that commit at once and locks that end with it."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, LiteralString

from lms.foundation.late import late
from lms.foundation.turns import OnlyRead

if TYPE_CHECKING:
    import psycopg
else:
    psycopg = late("psycopg")  # 60 ms and 10 MB, which a site on SQLite has no use for

# A power cut may lose a push, which the sweep makes up for, so no push waits for the disk. If a host loses power, the
# server notices within half a minute and releases its locks; without these settings it would take two hours.
SETTINGS: tuple[LiteralString, ...] = (
    "SET synchronous_commit = off",
    "SET lock_timeout = 5000",
    "SET tcp_keepalives_idle = 10",
    "SET tcp_keepalives_interval = 5",
    "SET tcp_keepalives_count = 3",
)
WAITS: dict[str, Any] = {
    "connect_timeout": 3,
    "tcp_user_timeout": 5000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}


class OwnConnection:
    """One connection for all threads of a process, opened when it's first needed and again once it was lost.

    Each statement commits at once. Connections are numbered, so that whoever holds a lock notices that it was lost.
    """

    def __init__(self, url: str) -> None:
        self._lock = threading.Lock()
        self._connection: psycopg.Connection[Any] | None = None
        self._connect = psycopg.connect
        self._trouble = (psycopg.OperationalError, psycopg.InterfaceError)
        self._url = url.replace("postgresql+psycopg://", "postgresql://", 1)
        self._process = 0
        self._number = 0

    def ask(self, statement: LiteralString, values: Sequence[object] = (), *, again: bool = True) -> list[Any]:
        """Return the rows of a statement; if the connection was lost, run it once more, unless `again` is False."""
        return self.ask_numbered(statement, values, again=again)[1]

    def ask_numbered(
        self, statement: LiteralString, values: Sequence[object] = (), *, again: bool = True
    ) -> tuple[int, list[Any]]:
        """Return the number of the connection on which a statement ran, and its rows."""
        with self._lock:
            try:
                return self._ask(statement, values)
            except psycopg.errors.ReadOnlySqlTransaction:
                # Perhaps only this connection is, which was opened while the database was; the next one is new.
                self._close()
                return self._ask_once_more(statement, values)
            except self._trouble:
                lost = self._connection is not None and self._connection.closed
                if lost:
                    self._connection = None
                if not (lost and again):
                    raise
                return self._ask(statement, values)

    def _ask_once_more(self, statement: LiteralString, values: Sequence[object]) -> tuple[int, list[Any]]:
        try:
            return self._ask(statement, values)
        except psycopg.errors.ReadOnlySqlTransaction as error:
            self._close()
            raise OnlyRead("the database can only be read for now") from error

    def _ask(self, statement: LiteralString, values: Sequence[object]) -> tuple[int, list[Any]]:
        cursor = self._open().execute(statement, values)
        return self._number, cursor.fetchall() if cursor.description else []

    def _open(self) -> psycopg.Connection[Any]:
        """Return the connection of this process: one from before a fork belongs to the parent."""
        if self._connection is None or self._process != os.getpid() or self._connection.closed:
            self._connection = self._connect(self._url, autocommit=True, **WAITS)
            self._process = os.getpid()
            self._number += 1
            for setting in SETTINGS:
                self._connection.execute(setting)
        return self._connection

    def another(self) -> OwnConnection:
        """Return one to the same database, not opened yet."""
        return OwnConnection(self._url)

    def let_go(self, statement: LiteralString, values: Sequence[object]) -> None:
        """Release a lock; if the connection was lost, so was the lock."""
        with suppress(*self._trouble):
            self.ask(statement, values, again=False)

    def __del__(self) -> None:
        # When an app is no longer used, such as a command's at its end, its connection is closed.
        self.close()

    def close(self) -> None:
        """Release all locks, and close the connection.

        The server would release them by itself, but after the next command may have been refused because of them.
        """
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._connection is not None and self._process == os.getpid():
            with suppress(*self._trouble):
                self._connection.execute("SELECT pg_advisory_unlock_all()")
            self._connection.close()
        self._connection = None
