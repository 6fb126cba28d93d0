"""Turns: whose write comes next, and how long any of them waits for it."""

from __future__ import annotations

import fcntl
import logging
import os
import random
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

# How long a write waits in all: for its turn, for the database's lock, and between lost races.
PATIENCE_SECONDS = 5.0
# So many writes of a process may wait that long; any other waits briefly, so that a thread is left for reading.
WAITING_MOST, BRIEF_SECONDS = 3, 0.25
RETRY_AFTER_SECONDS = 5
# A child process reads one file or lays out one document; more of them at once would leave pages no processor.
CHILDREN_MOST = 2
SQLITE_WAIT = f"busy_timeout={int(PATIENCE_SECONDS * 1000)}"
# The pause after a lost race is random, up to 10 ms, then 20 and so on: who lost together does not meet again.
FIRST_PAUSE, LONGEST_PAUSE = 0.005, 0.25
# How often the lock between processes is asked for. Longer pauses left it free for a quarter of the time, and the
# process that just had it took it again and again.
LOCK_PAUSE_LEAST, LOCK_PAUSE_MOST = 0.0002, 0.0004
# Serialization, deadlock, and a key that another writer took first: the next run sees what the other one kept.
TAKEN_KEY, TAKEN_KEY_RUNS = "23505", 8
LOST_RACE = {"40001", "40P01", TAKEN_KEY}
LOCK_TIMEOUT = "55P03"
ONLY_READ = "25006"

# Since when a request has waited for a thread, on the monotonic clock; None for one that didn't wait.
queued_since: ContextVar[float | None] = ContextVar("queued_since", default=None)
_thread_lock = threading.Lock()
_places = threading.BoundedSemaphore(WAITING_MOST)
# Chance spreads writers; nothing secret comes of it.
_chance = random.Random()  # noqa: S311


class Busy(SQLAlchemyError):
    """Something did not get its turn in time, and changed nothing."""


class OnlyRead(SQLAlchemyError):
    """PostgreSQL can only be read for now, as somebody set it, or because it's a replica; nothing was changed."""


def log_trouble(log: logging.Logger, what: str, trouble: Exception) -> None:
    """Log an error with its traceback, or in one line when there is only something to wait for."""
    if isinstance(trouble, Busy | OnlyRead):
        log.warning("%s: %s", what, trouble)
    else:
        log.error(what, exc_info=trouble)


@contextmanager
def one_of(places: threading.BoundedSemaphore) -> Iterator[None]:
    """Take one of a few places for what is costly, or raise Busy at once when all are taken."""
    if not places.acquire(blocking=False):
        raise Busy("all places for what is costly are taken")
    try:
        yield
    finally:
        places.release()


@contextmanager
def one_child(data: Path) -> Iterator[None]:
    """Take one of the places for child processes that all workers of this machine share, or raise Busy at once.

    A place is a lock on a file, which ends with whoever holds it, also when that is killed.
    """
    for number in range(CHILDREN_MOST):
        file = os.open(data / f"child-{number + 1}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
        else:
            break
    else:
        raise Busy("all places for child processes are taken")
    try:
        yield
    finally:
        os.close(file)


@contextmanager
def deadline(patience: float) -> Iterator[float]:
    """Give a write its deadline, on the monotonic clock, and count it among those that wait.

    What its request waited for a thread counts, so that nobody waits for the one and then as long for the other.
    """
    placed, since, now = _places.acquire(blocking=False), queued_since.get(), time.monotonic()
    left = patience if since is None else since + patience - now
    brief = min(patience, BRIEF_SECONDS)
    try:
        yield now + (max(left, brief) if placed else brief)
    finally:
        if placed:
            _places.release()


@contextmanager
def one_thread(until: float) -> Iterator[None]:
    """Let one writer of this process through at a time.

    On PostgreSQL, writes that ran beside each other lost four of ten races, though they had nothing to do with each
    other: what they read was in one page of an index. With a writer for each process it's one of ten.
    """
    if not _thread_lock.acquire(timeout=max(0.0, until - time.monotonic())):
        raise Busy("other writes of this process took too long")
    try:
        yield
    finally:
        _thread_lock.release()


@contextmanager
def one_writer(lock_file: Path, until: float) -> Iterator[None]:
    """Let one writer of this machine through at a time, which keeps SQLite's waits short and fair."""
    with one_thread(until):
        file = os.open(lock_file, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _lock(file, until)
            yield
        finally:
            os.close(file)


def _lock(file: int, until: float) -> None:
    """Take the lock between processes; the system's own wait for it knows no deadline."""
    pause = LOCK_PAUSE_LEAST
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise Busy("writes of another process took too long") from None
            time.sleep(_chance.uniform(pause / 2, pause))
            pause = min(pause * 1.5, LOCK_PAUSE_MOST)
        else:
            return


def begin_immediate(connection: sqlite3.Connection, until: float | None) -> None:
    """Take SQLite's own lock before the deadline, if there is one."""
    try:
        if until is not None:
            connection.execute(f"PRAGMA busy_timeout={max(0, int((until - time.monotonic()) * 1000))}")
        try:
            connection.execute("BEGIN IMMEDIATE")
        finally:
            if until is not None:
                connection.execute(f"PRAGMA {SQLITE_WAIT}")
    except sqlite3.Error as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            raise Busy("something else holds the database's lock") from error
        raise OperationalError("BEGIN IMMEDIATE", None, error) from error


def wait_for_locks_until(connection: Connection, until: float) -> None:
    """Let a transaction of PostgreSQL wait for no lock past its deadline, if that's nearer than for any other one."""
    left = until - time.monotonic()
    if left < PATIENCE_SECONDS - BRIEF_SECONDS:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {max(1, int(left * 1000))}")


def pause_before_another_run(error: DBAPIError, run: int, until: float, cut_off: bool) -> bool:
    """Wait a random moment after a run that others were in the way of; False when another run would not help.

    `cut_off` says that the server went away during the run, for which another run helps as well.
    """
    state = getattr(error.orig, "sqlstate", None)
    if state == LOCK_TIMEOUT:
        raise Busy("something else holds a lock") from error
    if state == ONLY_READ and run > 1:
        raise OnlyRead("the database can only be read for now") from error
    if state == ONLY_READ:
        # Perhaps only this connection is, which was opened while the database was; the next one is new.
        return True
    raced = state in LOST_RACE and (state != TAKEN_KEY or run <= TAKEN_KEY_RUNS)
    if not raced and not cut_off:
        return False
    pause = _chance.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2**run))
    if time.monotonic() + pause > until:
        if raced:
            raise Busy("a write lost its races until its time was up") from error
        return False
    time.sleep(pause)
    return True
