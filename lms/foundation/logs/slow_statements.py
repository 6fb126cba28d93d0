"""Slow statements: each one is logged as SQL, without its values, and counted.

Cursors take the time themselves, because SQLite looks for most rows while they are fetched, and not before. It costs
about a microsecond a statement.
"""

from __future__ import annotations

import logging
import re
import sqlite3
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from lms.foundation.late import late

if TYPE_CHECKING:
    import psycopg
else:
    psycopg = late("psycopg")  # 60 ms and 10 MB, which a site on SQLite has no use for

log = logging.getLogger("lms.db.slow")

SLOW_SECONDS = 0.2
LONGEST = 2000
# As many values as somebody asked for, and rows that are stored together.
_LIST = re.compile(r"(\?|%\(\w+\)s)(?:, (?:\?|%\(\w+\)s))+")

Note = Callable[[str, float], None]


class SlowStatements:
    """Notes slow statements of one app once it is served. Commands and migrations keep no page waiting."""

    def __init__(self) -> None:
        self._count: Callable[[], object] | None = None

    def start(self, count: Callable[[], object]) -> None:
        """Log slow statements from now on, and call `count` for each."""
        self._count = count

    def note(self, statement: str, seconds: float) -> None:
        """Log and count a slow statement."""
        if self._count is None:
            return
        self._count()
        ms, text = round(seconds * 1000), shortened(statement)
        log.warning("a statement took %s ms: %s", ms, text, extra={"fields": {"ms": ms, "statement": text}})

    def connect_args(self, url: str) -> dict[str, Any]:
        """Return the options that make a driver's cursors measure time."""
        if url.startswith("sqlite"):
            return {"factory": partial(_SqliteConnection, note=self.note)}
        return {"cursor_factory": _postgres_cursor(self.note)}


def shortened(statement: str) -> str:
    """Return a statement on one line, with one mark for a list of values."""
    if not statement.strip("; "):
        # What SQLAlchemy sends before it uses a connection again.
        return "(asks whether the connection is still there)"
    return _LIST.sub(r"\1, …", " ".join(statement.split()))[:LONGEST]


class _SqliteCursor(sqlite3.Cursor):
    """A cursor that knows how long its statement has taken: until its first row, and while rows were fetched."""

    note: Note
    _statement, _seconds = "", 0.0

    def execute(self, sql: str, parameters: Any = (), /) -> Any:
        began = time.perf_counter()
        try:
            return super().execute(sql, parameters)
        finally:
            self._seconds, self._statement = 0.0, sql
            self._add(time.perf_counter() - began)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> Any:
        began = time.perf_counter()
        try:
            return super().executemany(sql, parameters)
        finally:
            self._seconds, self._statement = 0.0, sql
            self._add(time.perf_counter() - began)

    def fetchall(self) -> list[Any]:
        began = time.perf_counter()
        rows = super().fetchall()
        self._add(time.perf_counter() - began)
        return rows

    def fetchmany(self, size: int | None = None) -> list[Any]:
        began = time.perf_counter()
        rows = super().fetchmany(self.arraysize if size is None else size)
        self._add(time.perf_counter() - began)
        return rows

    def fetchone(self) -> Any:
        began = time.perf_counter()
        row = super().fetchone()
        self._add(time.perf_counter() - began)
        return row

    def _add(self, seconds: float) -> None:
        before, self._seconds = self._seconds, self._seconds + seconds
        if before < SLOW_SECONDS <= self._seconds:
            self.note(self._statement, self._seconds)


class _SqliteConnection(sqlite3.Connection):
    """A connection whose cursors measure time."""

    def __init__(self, *args: Any, note: Note, **options: Any) -> None:
        super().__init__(*args, **options)
        self._cursor = type("_NotingCursor", (_SqliteCursor,), {"note": staticmethod(note)})

    def cursor(self, factory: Any = None) -> Any:
        """Return a cursor that measures time."""
        return super().cursor(factory or self._cursor)


def _postgres_cursor(note: Note) -> Any:
    class NotingCursor(psycopg.Cursor[Any]):
        """A cursor that measures time; all rows have come once its statement was executed."""

        def execute(self, query: Any, *args: Any, **options: Any) -> Any:
            began = time.perf_counter()
            try:
                return super().execute(query, *args, **options)
            finally:
                self._note(query, began)

        def executemany(self, query: Any, *args: Any, **options: Any) -> None:
            began = time.perf_counter()
            try:
                super().executemany(query, *args, **options)
            finally:
                self._note(query, began)

        def _note(self, query: Any, began: float) -> None:
            seconds = time.perf_counter() - began
            if seconds >= SLOW_SECONDS:
                note(str(query), seconds)

    return NotingCursor
