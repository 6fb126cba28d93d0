"""The database: one Flask-SQLAlchemy object, and `write`, the only road to a change."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import (
    JSON,
    Connection,
    CursorResult,
    DateTime,
    Engine,
    Executable,
    String,
    event,
    text,
)
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.types import TypeDecorator

from lms.foundation.logs import redaction
from lms.foundation.logs.slow_statements import SlowStatements
from lms.foundation.per_app import provide, provided
from lms.foundation.pipeline import Pipeline
from lms.foundation.storage.private_files import make_private
from lms.foundation.turns import (
    BRIEF_SECONDS,
    ONLY_READ,
    PATIENCE_SECONDS,
    SQLITE_WAIT,
    Busy,
    OnlyRead,
    begin_immediate,
    deadline,
    one_thread,
    one_writer,
    pause_before_another_run,
    wait_for_locks_until,
)

P = ParamSpec("P")
R = TypeVar("R")
log = logging.getLogger("lms.db")

SILENT_SECONDS = 10.0
# Each thread has a connection with a cache of its own; what the system keeps of the file is shared by all.
CACHE = "cache_size=-512"
# What is deleted is overwritten in the file. Some builds of SQLite do so unasked, others don't.
OVERWRITE = "secure_delete=ON"
# A server that is gone without a word is noticed in seconds, not in the minutes that a network gives it.
POSTGRES_WAITS = {"connect_timeout": 3, "tcp_user_timeout": 5000}
# PostgreSQL's code for what it doesn't do at all, or not on a replica.
NOT_SUPPORTED = "0A000"
# PostgreSQL plans each statement for its values, but for those that are a few fixed ones (`statements/prepared`).
ONLY_IF_ASKED = 1_000_000_000


class Moment(TypeDecorator[datetime]):
    """A moment in UTC that comes back with its zone on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Store as UTC."""
        if value is None:
            return None
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The parent of every table."""

    registry = registry(
        type_annotation_map={datetime: Moment(), dict[str, Any]: JSON(), list[str]: JSON(), str: String()}
    )


class NewerDatabase(Exception):
    """A database that a newer version of Sidelight used, whose schema this one doesn't know."""


class StillServed(Exception):
    """A database that can't be migrated, because a host serves its site with the version before."""


Kept = TypeVar("Kept", bound=Base)

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)
# Where a report reads, if not at the database itself.
reads_at: ContextVar[Engine | None] = ContextVar("reads_at", default=None)


class _Session(Session):
    """A session that reads where a report says, and writes to the database itself."""

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **more: Any) -> Any:
        engine = reads_at.get()
        if engine is not None and bind is None and _deadline.get() is None:
            return engine
        # Whatever the session asks comes after what was written before.
        send_waiting()
        return super().get_bind(mapper, clause, bind, **more)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False, "class_": _Session})


@dataclass
class Writing:
    """A write under way: its connection, and what is to be done once it is kept."""

    connection: Connection
    afterwards: list[Callable[[], None]] = field(default_factory=list)
    pipeline: Pipeline | None = None


_writing: ContextVar[Writing | None] = ContextVar("writing", default=None)
_silent_until = 0.0


@dataclass(frozen=True)
class WriteLock:
    """The file by which the writers of an SQLite database take turns."""

    path: Path


def connect(app: Flask, url: str, data: Path) -> None:
    """Bind the database to an app, with the promises of durability that submits rely on."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    make_private(data, url)
    options: dict[str, Any] = {"pool_pre_ping": not url.startswith("sqlite"), "hide_parameters": True}
    if url.startswith("sqlite"):
        options["connect_args"] = {"timeout": PATIENCE_SECONDS, "check_same_thread": False}
    else:
        options["connect_args"] = {**POSTGRES_WAITS, "prepare_threshold": ONLY_IF_ASKED}
    slow = SlowStatements()
    provide(app, slow)
    options["connect_args"] |= slow.connect_args(url)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    provide(app, WriteLock(data / "write.lock"))
    db.init_app(app)
    with app.app_context():
        redaction.hide_values(db.engine)
        if url.startswith("sqlite"):
            _tune_sqlite(db.engine)
        else:
            _tune_postgres(db.engine)


def _tune_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", SQLITE_WAIT, "foreign_keys=ON", CACHE, OVERWRITE):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Any) -> None:
        if connection.get_execution_options().get("writing"):
            begin_immediate(connection.connection.dbapi_connection, _deadline.get())


def _tune_postgres(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.autocommit = True
        connection.execute(f"SET lock_timeout = {int(PATIENCE_SECONDS * 1000)}")
        connection.autocommit = False

    @event.listens_for(engine, "rollback")
    def on_rollback(connection: Connection) -> None:
        # The driver's own rollback, which finds nothing left to do, would forget what the server has prepared.
        if connection.invalidated:
            return
        driver: Any = connection.connection.dbapi_connection
        if driver.info.transaction_status.name in ("INTRANS", "INERROR"):
            driver.pgconn.exec_(b"ROLLBACK")


@contextmanager
def _turn(until: float) -> Iterator[None]:
    if db.engine.dialect.name == "sqlite":
        with one_writer(provided(WriteLock).path, until):
            yield
    else:
        with one_thread(until):
            yield


def write(action: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run one action in one short transaction and commit it with its audit and outbox rows.

    Other writers wait, each for PATIENCE_SECONDS at most; one whose turn does not come raises Busy. On PostgreSQL the
    transaction is serializable and an action that lost a race, or its connection before the commit, is run again, so
    an action must be safe to run twice. What it asked for with `after_commit` runs once it is kept.
    """
    return _write_within(PATIENCE_SECONDS, partial(action, *args, **kwargs))


def write_if_free(action: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> bool:
    """Run an action as `write` does if its turn comes soon, and return whether it did: for what can be left out."""
    try:
        _write_within(BRIEF_SECONDS, partial(action, *args, **kwargs))
    except Busy:
        return False
    return True


def _write_within(patience: float, action: Callable[[], R]) -> R:
    if writing():
        raise RuntimeError("write() was called inside write(): call the action itself")
    with deadline(patience) as until:
        token = _deadline.set(until)
        try:
            return _write_until(until, action)
        finally:
            _deadline.reset(token)


@dataclass
class Attempt:
    """How far one run of a write came."""

    connected: bool = False
    committing: bool = False

    def was_cut_off(self, error: DBAPIError) -> bool:
        """True when the server went away and kept nothing for sure: it was not connected, or not told to commit."""
        lost = error.connection_invalidated or not self.connected
        return lost and not self.committing and db.engine.dialect.name == "postgresql"


def _write_until(until: float, action: Callable[[], R]) -> R:
    if db.session.registry.has():
        db.session.rollback()
    # A write that runs again keeps its turn: behind the others, it would lose to each of them once more.
    with _turn(until):
        result, now = _write_again_and_again(until, action)
    for call in now.afterwards:
        call()
    return result


def _write_again_and_again(until: float, action: Callable[[], R]) -> tuple[R, Writing]:
    for run in count(1):
        attempt = Attempt()
        try:
            return _write_once(action, attempt, until)
        except DBAPIError as error:
            state = getattr(error.orig, "sqlstate", None)
            if state == ONLY_READ:
                # A connection that was opened while the database could only be read stays so. All are opened anew.
                db.engine.dispose()
            if not pause_before_another_run(error, run, until, attempt.was_cut_off(error)):
                if state == NOT_SUPPORTED and _is_replica():
                    raise OnlyRead("the database is a replica, which can only be read") from error
                raise
            log.info("retrying a write that others had blocked", extra={"run": run})
    raise AssertionError("unreachable")


def _is_replica() -> bool:
    """Decide whether PostgreSQL is a replica, which refuses to begin a serializable transaction."""
    with db.engine.connect() as connection:
        return bool(connection.scalar(text("SELECT pg_is_in_recovery()")))


def _write_once(action: Callable[[], R], attempt: Attempt, until: float) -> tuple[R, Writing]:
    options: dict[str, Any] = {"writing": True}
    if db.engine.dialect.name == "postgresql":
        options["isolation_level"] = "SERIALIZABLE"
    try:
        now = Writing(db.session.connection(execution_options=options))
        attempt.connected = True
        if "isolation_level" in options:
            wait_for_locks_until(now.connection, until)
            now.pipeline = Pipeline(now.connection)
        _writing.set(now)
        result = action()
        db.session.flush()
        attempt.committing = True
        send_waiting(commit=True)
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _writing.set(None)
    return result, now


def run(statement: Executable, values: Mapping[str, Any] | list[dict[str, Any]]) -> CursorResult[*tuple[Any, ...]]:
    """Run a statement over tables inside the present write, which spares it what a session does for objects."""
    return connection_of_write().execute(statement, values)


def connection_of_write() -> Connection:
    """Return the connection of the present write, which is still to be committed."""
    now = _writing.get()
    if now is None:
        raise RuntimeError("this needs a write() around it")
    send_waiting()
    return now.connection


def send_waiting(*, commit: bool = False) -> None:
    """Send what the present write has still to send, if there's anything, and with `commit` end it as well."""
    now = _writing.get()
    if now is not None and now.pipeline is not None and now.pipeline.waiting:
        now.pipeline.send(commit=commit)


def pipeline_of_write() -> Pipeline | None:
    """Return what the present write has still to send; None on SQLite, where nothing waits."""
    return now.pipeline if (now := _writing.get()) else None


def if_it_answers(ask: Callable[[], R], otherwise: Callable[[], R]) -> R:
    """Return what a question finds; while the database does not answer, the other, at once and for a little while."""
    global _silent_until
    if time.monotonic() < _silent_until:
        return otherwise()
    try:
        return ask()
    except SQLAlchemyError:
        log.warning("the database does not answer; a page that can do without it does", exc_info=True)
        _silent_until = time.monotonic() + SILENT_SECONDS
        with suppress(SQLAlchemyError):
            db.session.remove()
        return otherwise()


def copy_of(kind: type[Kept], values: Mapping[str, Any]) -> Kept:
    """Return a row as an object that no session knows, so that it is never written back."""
    made: Kept = kind.__mapper__.class_manager.new_instance()
    made.__dict__.update(values)
    return made


def writing() -> bool:
    """True inside `write`."""
    return _writing.get() is not None


def after_commit(call: Callable[[], None]) -> None:
    """Run a call once the present write is kept; never when it is taken back."""
    now = _writing.get()
    if now is None:
        raise RuntimeError("after_commit() needs a write() around it")
    now.afterwards.append(call)
