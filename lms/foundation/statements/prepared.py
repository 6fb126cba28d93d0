"""Prepared queries: the first query of a page, compiled once and sent straight to the driver.

SQLAlchemy takes longer to get from a statement to a row than SQLite takes to answer. The query and its values are the
same, and each column comes back as SQLAlchemy would give it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Engine, Pool, Select

from lms.foundation.db import db

Convert = Callable[[Any], Any]


@dataclass(frozen=True)
class _Prepared:
    """A query as SQL for one database: its own values, the order of all values, and what converts a column."""

    sql: str
    own: Mapping[str, Any]
    order: tuple[str, ...] | None
    converts: tuple[tuple[int, Convert], ...]

    def values(self, given: Mapping[str, str | None]) -> Any:
        found = {**self.own, **given}
        return found if self.order is None else [found[name] for name in self.order]

    def row(self, fetched: Any) -> tuple[Any, ...]:
        columns = list(fetched)
        for place, convert in self.converts:
            columns[place] = convert(columns[place])
        return tuple(columns)


@lru_cache(maxsize=64)
def _prepare(query: Select[Any], dialect: Dialect) -> _Prepared:
    compiled = query.compile(dialect=dialect)
    kinds = [column.type.dialect_impl(dialect) for column in query.selected_columns]
    found = [(place, kind.result_processor(dialect, None)) for place, kind in enumerate(kinds)]
    converts = tuple((place, convert) for place, convert in found if convert is not None)
    order = None if compiled.positiontup is None else tuple(compiled.positiontup)
    return _Prepared(str(compiled), compiled.params, order, converts)


def first_row(query: Select[Any], values: Mapping[str, str | None]) -> tuple[Any, ...] | None:
    """Return the first row of a query, which is one of a few fixed ones; its values are texts.

    It opens no session. SQLAlchemy runs the query as usual if the page has a session already, if something listens to
    its statements, or if the database doesn't answer, because errors are handled there.
    """
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


def _ask(engine: Engine, query: Select[Any], values: Mapping[str, str | None]) -> tuple[Any, ...] | None:
    prepared = _prepare(query, engine.dialect)
    if engine.dialect.name == "sqlite":
        fetched = _own.fetch(engine, prepared, values)
    else:
        connection = engine.raw_connection()
        try:
            fetched = _fetch(connection, prepared, values)
        finally:
            connection.close()
    return None if fetched is None else prepared.row(fetched)


def _fetch(connection: Any, prepared: _Prepared, values: Mapping[str, str | None]) -> Any:
    cursor = connection.cursor()
    try:
        cursor.execute(prepared.sql, prepared.values(values))
        return cursor.fetchone()
    finally:
        # This also ends the read transaction, so that a connection between two pages holds nothing up.
        cursor.close()


class _Own(threading.local):
    """A thread's own connection to an SQLite file, without the locks and bookkeeping of a pool for each page."""

    def __init__(self) -> None:
        self.connection: Any = None
        self.pool: Pool | None = None

    def fetch(self, engine: Engine, prepared: _Prepared, values: Mapping[str, str | None]) -> Any:
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
