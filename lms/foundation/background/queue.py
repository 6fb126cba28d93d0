"""The file of the job queue: rows of JSON in SQLite, which may be lost because a sweep makes up for them."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from lms.foundation import clock

log = logging.getLogger("lms.jobs")
R = TypeVar("R")

# The columns of a queue that earlier versions made, so that its file is used on; what they wrote in it is not read.
TABLE = (
    "create table if not exists task (id integer not null primary key, queue text not null, data blob not null, "
    "priority real not null default 0.0)"
)
TEXT_MOST = 200


class JobQueue:
    """Pushes that wait for a worker, each a kind of work and the key of its row.

    A file that is damaged is put aside under a name of its own and made again.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._inode = 0

    def push(self, lane: str, kind: str, key: str) -> None:
        """Add a push to a lane. One without a key asks for all of its kind, so it's added only if none waits."""
        row = (lane, json.dumps({"kind": kind, "key": key}))
        add = "insert into task (queue, data) select ?, ?"
        if key:
            self._asking(lambda now: now.execute(add, row))
        else:
            unless = "where not exists (select 1 from task where queue = ? and data = ?)"
            self._asking(lambda now: now.execute(f"{add} {unless}", (*row, *row)))

    def take(self, lane: str, kinds: Collection[str] | None = None) -> tuple[str, str] | None:
        """Return the oldest push of a lane and delete it; None when there is none.

        A second job process on one data folder may take some kinds only, and gets none while the first is there.
        """
        if kinds is not None:
            return None

        def ask(now: sqlite3.Connection) -> object:
            if now.execute("select 1 from task where queue = ? limit 1", (lane,)).fetchone() is None:
                return None
            return now.execute(
                "delete from task where id = (select min(id) from task where queue = ?) returning data", (lane,)
            ).fetchone()

        found = self._asking(ask)
        return None if found is None else _read(found[0])  # type: ignore[index]

    def count(self) -> dict[str, int]:
        """Return how many pushes wait in each lane that has any."""
        rows = self._asking(lambda now: now.execute("select queue, count(*) from task group by queue").fetchall())
        return dict(rows)

    def can_write(self) -> bool:
        """Return True: a file is never read-only for a while, as a database can be."""
        return True

    def forget_others(self, lanes: list[str]) -> None:
        """Delete what stands in the file for nobody, such as the rows of an earlier version."""
        places = ",".join("?" * len(lanes))
        self._asking(lambda now: now.execute(f"delete from task where queue not in ({places})", lanes))  # noqa: S608

    def close(self) -> None:
        """Let go of the file, as before a fork."""
        with self._lock:
            self._let_go()

    def _asking(self, ask: Callable[[sqlite3.Connection], R]) -> R:
        """Ask the file; when it is damaged put it aside and ask the new one."""
        with self._lock:
            try:
                return ask(self._open())
            except sqlite3.DatabaseError as error:
                self._let_go()
                if "locked" in str(error):
                    raise
                self._put_aside_if_damaged()
                return ask(self._open())

    def _open(self) -> sqlite3.Connection:
        """Return the connection to the file that stands there now, which another process may have made again."""
        with suppress(FileNotFoundError):
            if self._connection is not None and os.stat(self._file).st_ino == self._inode:
                return self._connection
        self._let_go()
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600))
        self._connection = sqlite3.connect(self._file, timeout=5, isolation_level=None, check_same_thread=False)
        self._inode = os.stat(self._file).st_ino
        # A push that a power cut takes is made up for by the sweep, so nothing waits for the disk.
        self._connection.execute("pragma journal_mode=wal")
        self._connection.execute("pragma synchronous=off")
        self._connection.execute(TABLE)
        return self._connection

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _put_aside_if_damaged(self) -> None:
        """Rename a file that SQLite cannot read, once for all processes."""
        with _alone(self._file.with_suffix(".lock")):
            if _is_whole(self._file):
                return
            aside = f"{self._file.name}.damaged-{clock.now():%Y%m%dT%H%M%S%f}"
            for suffix in ("-wal", "-shm", ""):
                with suppress(FileNotFoundError):
                    os.rename(f"{self._file}{suffix}", self._file.with_name(aside + suffix))
        log.warning("the job queue was damaged: it was moved to %s and a new one was made; no work is lost", aside)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _is_whole(file: Path) -> bool:
    """Decide whether SQLite can read all of a file; what only has no room or no access is not damaged."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=rw", uri=True, timeout=5)) as connection:
            if connection.execute("pragma quick_check").fetchone() != ("ok",):
                return False
            connection.execute("select id, queue, data, priority from task limit 1").fetchone()
    except sqlite3.OperationalError as error:
        return "no such" not in str(error) and "malformed" not in str(error)
    except sqlite3.DatabaseError:
        return False
    return True


def _read(data: object) -> tuple[str, str] | None:
    """Return the kind and key of a row; what is anything else is not acted on."""
    try:
        found = json.loads(data)  # type: ignore[arg-type]
        kind, key = found["kind"], found["key"]
    except (ValueError, TypeError, KeyError, RecursionError):
        kind = key = None
    if not (isinstance(kind, str) and isinstance(key, str)) or max(len(kind), len(key)) > TEXT_MOST:
        log.warning("a row of the job queue could not be read and was dropped")
        return None
    return kind, key
