"""Prepared statements: those of hot pages and of each check, compiled once and sent straight to the driver.

SQLAlchemy takes longer to get from a statement to a row than SQLite takes to answer. The statement and its values are
the same, and each column comes back as SQLAlchemy would give it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, cast

from sqlalchemy import (
    Connection,
    Dialect,
    Engine,
    Executable,
    Insert,
    Pool,
    PoolProxiedConnection,
    Select,
    Table,
    bindparam,
    select,
)
from sqlalchemy.exc import DBAPIError

from lms.foundation.db import Base, Kept, connection_of_write, copy_of, db, pipeline_of_write, writing

Convert = Callable[[Any], Any]


@dataclass(frozen=True)
class _Prepared:
    """A statement as SQL for one database: its own values, the order of all values, and what converts each."""

    sql: str
    own: Mapping[str, Any]
    order: tuple[str, ...] | None
    binds: tuple[tuple[str, Convert], ...]
    converts: tuple[tuple[int, Convert], ...]
    returns_rows: bool

    def values(self, given: Mapping[str, Any]) -> Any:
        found = {**self.own, **given}
        for name, convert in self.binds:
            found[name] = convert(found[name])
        return found if self.order is None else [found[name] for name in self.order]

    def row(self, fetched: Any) -> tuple[Any, ...]:
        columns = list(fetched)
        for place, convert in self.converts:
            columns[place] = convert(columns[place])
        return tuple(columns)


@lru_cache(maxsize=128)
def _prepare(statement: Any, dialect: Dialect, given: tuple[str, ...] | None = None) -> _Prepared:
    compiled = statement.compile(dialect=dialect, column_keys=given)
    if compiled.insert_prefetch or compiled.post_compile_params:
        raise TypeError("a prepared statement is given every value, and no list of values")
    kinds = [column.type.dialect_impl(dialect) for column in statement.exported_columns]
    found = [(place, kind.result_processor(dialect, None)) for place, kind in enumerate(kinds)]
    converts = tuple((place, convert) for place, convert in found if convert is not None)
    sent = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for bind, name in compiled.bind_names.items()}
    binds = tuple((name, convert) for name, convert in sent.items() if convert is not None)
    order = None if compiled.positiontup is None else tuple(compiled.positiontup)
    return _Prepared(str(compiled), compiled.params, order, binds, converts, bool(kinds))


def first_row(query: Select[Any], values: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """Return the first row of a query over tables, which is one of a few fixed ones.

    Inside a write, it sees what was written so far. Elsewhere it opens no session. SQLAlchemy runs the query as usual
    if the page has a session already, if something listens to its statements, or if the database doesn't answer,
    because errors are handled there.
    """
    if writing():
        rows = run_prepared(query, values)
        return rows[0] if rows else None
    engine = db.engine
    if db.session.registry.has():
        row = db.session.execute(query, values).first()
        return None if row is None else tuple(row)
    if not engine.dispatch.before_cursor_execute:
        try:
            return _ask(engine, query, values)
        except engine.dialect.loaded_dbapi.Error:
            pass
    with engine.connect() as connection:
        row = connection.execute(query, values).first()
    return None if row is None else tuple(row)


def find_copy(kind: type[Kept], *key: str) -> Kept | None:
    """Return a row by its primary key, as an object that no session knows, so that it is never written back."""
    query, names = _by_key(kind)
    row = first_row(query, {f"key_{place}": value for place, value in enumerate(key)})
    return None if row is None else copy_of(kind, dict(zip(names, row, strict=True)))


def get_copy(kind: type[Kept], *key: str) -> Kept:
    """Return what `find_copy` does; raise LookupError where there is no such row."""
    found = find_copy(kind, *key)
    if found is None:
        raise LookupError(f"no {kind.__name__} has this key")
    return found


@cache
def _by_key(kind: type[Base]) -> tuple[Select[Any], tuple[str, ...]]:
    """Return the query for a row by its primary key, and the names of its columns."""
    table = cast(Table, kind.__table__)
    same = [column == bindparam(f"key_{place}") for place, column in enumerate(table.primary_key)]
    return select(table).where(*same), tuple(table.c.keys())


def run_prepared(
    statement: Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]]
) -> list[tuple[Any, ...]]:
    """Run a statement over tables, which is one of a few fixed ones, inside the current write; return its rows.

    A list of values is for statements that return no rows. An insert needs a value for each column with a default. A
    query flushes the session first. SQLAlchemy runs it as usual if something listens to statements. Raise the errors
    that SQLAlchemy raises; on PostgreSQL, those of a statement that returns no rows come with the next one that does,
    or with the commit.
    """
    if isinstance(statement, Select):
        db.session.flush()
    engine = db.engine
    if not engine.dispatch.before_cursor_execute:
        return _send(engine.dialect, statement, [values] if isinstance(values, Mapping) else values)
    result = connection_of_write().execute(statement, values)
    return [tuple(row) for row in result] if result.returns_rows else []


def _send(dialect: Dialect, statement: Executable, values: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    prepared = _prepare(statement, dialect, tuple(values[0]) if isinstance(statement, Insert) else None)
    given = [prepared.values(row) for row in values]
    pipeline = pipeline_of_write()
    if pipeline is None:
        found = _run_at_once(connection_of_write(), prepared, given)
    else:
        pipeline.waiting += [(prepared.sql, row) for row in given]
        found = pipeline.send() if prepared.returns_rows else []
    return [prepared.row(fetched) for fetched in found]


def _run_at_once(connection: Connection, prepared: _Prepared, given: list[Any]) -> list[Any]:
    cursor: Any = connection.connection.cursor()
    try:
        if len(given) > 1:
            cursor.executemany(prepared.sql, given)
            return []
        cursor.execute(prepared.sql, given[0])
        return [] if cursor.description is None else cursor.fetchall()
    except connection.dialect.loaded_dbapi.Error as error:
        # Whether the connection is gone is seen when the write is taken back.
        known = connection.dialect.loaded_dbapi.Error
        raise DBAPIError.instance(prepared.sql, None, error, known, hide_parameters=True) from error
    finally:
        cursor.close()


def _ask(engine: Engine, query: Select[Any], values: Mapping[str, Any]) -> tuple[Any, ...] | None:
    prepared = _prepare(query, engine.dialect)
    if engine.dialect.name == "sqlite":
        fetched = _own.fetch(engine, prepared, values)
    else:
        fetched = _fetch_alone(engine.raw_connection(), prepared, values)
    return None if fetched is None else prepared.row(fetched)


def _fetch(connection: Any, prepared: _Prepared, values: Mapping[str, Any]) -> Any:
    cursor = connection.cursor()
    try:
        cursor.execute(prepared.sql, prepared.values(values))
        return cursor.fetchone()
    finally:
        # This also ends the read transaction, so that a connection between two pages holds nothing up.
        cursor.close()


def _fetch_alone(pooled: PoolProxiedConnection, prepared: _Prepared, values: Mapping[str, Any]) -> Any:
    """Fetch a row on PostgreSQL without a transaction around the statement, which spares two of four round trips."""
    driver: Any = pooled.dbapi_connection
    try:
        driver.autocommit = True
        fetched = driver.execute(prepared.sql, prepared.values(values), prepare=True).fetchone()
        driver.autocommit = False
    except BaseException:
        pooled.invalidate()
        raise
    pooled.close()
    return fetched


class _Own(threading.local):
    """A thread's own connection to an SQLite file, without the locks and bookkeeping of a pool for each page."""

    def __init__(self) -> None:
        self.connection: Any = None
        self.pool: Pool | None = None

    def fetch(self, engine: Engine, prepared: _Prepared, values: Mapping[str, Any]) -> Any:
        # An engine that was disposed of has a new pool.
        if self.pool is not engine.pool:
            self.close()
            pooled = engine.raw_connection()
            pooled.detach()
            self.connection, self.pool = pooled.dbapi_connection, engine.pool
        try:
            return _fetch(self.connection, prepared, values)
        except Exception:
            self.close()
            raise

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
        self.connection = self.pool = None


_own = _Own()


def close_own() -> None:
    """Close this thread's connection, because parent and child can't both use one that was open during a fork."""
    _own.close()
