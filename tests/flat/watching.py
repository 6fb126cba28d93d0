"""What SQLite is asked meanwhile, as it hears it: the statements, and how many steps its machine takes for them.

SQLite counts the steps itself, so they are the same on every machine and at every time of day.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from flask import Flask
from sqlalchemy import event

from lms.app import at_work
from lms.foundation.db import Base, db

GRAIN = 20
ASKS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "REPLACE")
SCAN = re.compile(r"SCAN (?:TABLE )?(?P<name>\w+)(?P<how>.*)")
AUTOMATIC = re.compile(r"SEARCH (?:TABLE )?(?P<name>\w+)(?P<how> USING AUTOMATIC .*)")


@dataclass(frozen=True)
class Held:
    """A write that had the lock to itself: for how many seconds of this thread's work, and how many rows it changed."""

    seconds: float
    rows: int


@dataclass
class Watched:
    """The statements so far, with their values written into them, the steps taken for them, and the writes."""

    statements: list[str] = field(default_factory=list)
    steps: int = 0
    held: list[Held] = field(default_factory=list)


class Watcher:
    """An ear at each connection of a site's database."""

    def __init__(self, app: Flask) -> None:
        self._now: Watched | None = None
        self._begun = (0.0, 0)
        with at_work(app):
            db.engine.dispose()
            event.listen(db.engine, "connect", self._listen)

    def _listen(self, connection: Any, _record: Any) -> None:
        connection.set_trace_callback(partial(self._note, connection))
        connection.set_progress_handler(self._count, GRAIN)

    def _note(self, connection: Any, statement: str) -> None:
        if self._now is None:
            return
        if statement.upper().startswith("BEGIN IMMEDIATE"):
            self._begun = time.thread_time(), connection.total_changes
        elif statement.upper().startswith("COMMIT") and self._begun[0]:
            began, changes = self._begun
            self._now.held.append(Held(time.thread_time() - began, connection.total_changes - changes))
            self._begun = (0.0, 0)
        elif statement.lstrip().upper().startswith(ASKS):
            self._now.statements.append(statement)

    def _count(self) -> int:
        if self._now is not None:
            self._now.steps += GRAIN
        return 0

    @contextmanager
    def watching(self, before: Watched | None = None) -> Iterator[Watched]:
        """Note what is asked meanwhile, in addition to what was asked before."""
        self._now = watched = before or Watched()
        try:
            yield watched
        finally:
            self._now = None


def shape_of(statement: str) -> str:
    """Return a statement without its values: the same question about somebody else is the same statement."""
    bare = re.sub(r"(?i)x'[0-9a-f]*'|'(?:[^']|'')*'", "?", " ".join(statement.split()))
    bare = re.sub(r"(?<![\w.])-?\d+(?:\.\d+)?(?!\w)", "?", bare)
    return re.sub(r"\(\?(?:, \?)*\)", "(?)", bare)


def whole_scans(connection: sqlite3.Connection, statement: str, short: Collection[str]) -> set[str]:
    """Return the tables that a statement reads from end to end, but for short ones, each with SQLite's words for it.

    A walk along an index is none where it ends after some rows. Along that of the keys, it ends only where every row is
    wanted: one that looks for a few goes on to the last row when there are none.
    """
    statement = " ".join(statement.split())
    aliases = {alias: table for table, alias in re.findall(r"(\w+) AS (\w+)", statement)}
    found = set()
    for *_ids, detail in connection.execute(f"EXPLAIN QUERY PLAN {statement}"):
        seen = SCAN.match(detail) or AUTOMATIC.match(detail)
        if seen is None:
            continue
        table, in_order = (
            aliases.get(seen["name"], seen["name"]),
            " USING " in seen["how"] or " WHERE " not in statement,
        )
        looks_for_some = "sqlite_autoindex" in seen["how"] and " WHERE " in statement
        ends = in_order and " LIMIT " in statement and "AUTOMATIC" not in seen["how"] and not looks_for_some
        if table in Base.metadata.tables and table not in short and not ends:
            found.add(f"{table}: {detail}")
    return found
