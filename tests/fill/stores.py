"""Raw rows of a database: read as they are stored, and written in bulk; one store for SQLite, one for PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

import psycopg
from psycopg import sql
from sqlalchemy import Table
from sqlalchemy.engine import URL, make_url

Row = tuple[Any, ...]
CACHE_KB = 400_000


class Store(Protocol):
    """A database without the app: values are texts, numbers, bytes and None, as the database itself has them."""

    def rows(self, table: Table) -> list[Row]:
        """Return all rows of a table, their columns in its order."""
        ...

    def add(self, rows: Mapping[str, Sequence[Row]], columns: Mapping[str, Sequence[str]]) -> None:
        """Add rows to some tables, given in the order in which they depend on each other, and keep them."""
        ...

    def moment(self, moment: datetime) -> str:
        """Return a moment in UTC as this database takes it."""
        ...


@contextmanager
def opened(url: str, tables: Iterable[Table]) -> Iterator[Store]:
    """Open the database of an address to fill those tables, or only to read; nothing else may use it meanwhile."""
    address, names = make_url(url), {table.name for table in tables}
    if address.get_backend_name() == "sqlite":
        with _sqlite(address, names) as store:
            yield store
    else:
        with psycopg.connect(address.set(drivername="postgresql").render_as_string(hide_password=False)) as connection:
            yield _Postgres(connection)
            connection.commit()
            if names:
                # What PostgreSQL's own clean-up does within a minute of such an import.
                connection.autocommit = True
                connection.execute("VACUUM ANALYZE")


class _Sqlite:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, table: Table) -> list[Row]:
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        return self._connection.execute(f'SELECT {names} FROM "{table.name}"').fetchall()

    def add(self, rows: Mapping[str, Sequence[Row]], columns: Mapping[str, Sequence[str]]) -> None:
        self._connection.execute("BEGIN")
        for table, found in rows.items():
            names = ", ".join(f'"{name}"' for name in columns[table])
            marks = ", ".join("?" * len(columns[table]))
            self._connection.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', found)
        self._connection.execute("COMMIT")

    def moment(self, moment: datetime) -> str:
        return moment.strftime("%Y-%m-%d %H:%M:%S.000000")


@contextmanager
def _sqlite(address: URL, tables: set[str]) -> Iterator[Store]:
    """Open an SQLite file without a journal, and without the indexes that are made anew at the end."""
    assert address.database
    connection = sqlite3.connect(address.database, isolation_level=None)
    try:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", f"cache_size=-{CACHE_KB}"):
            connection.execute(f"PRAGMA {pragma}")
        found = connection.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'index' AND sql > ''")
        indexes = {name: made for name, table, made in found.fetchall() if table in tables}
        for name in indexes:
            connection.execute(f'DROP INDEX "{name}"')
        yield _Sqlite(connection)
        for made in indexes.values():
            connection.execute(made)
        connection.execute("PRAGMA journal_mode=WAL")
    finally:
        connection.close()


class _Postgres:
    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def rows(self, table: Table) -> list[Row]:
        names = [_as_text(column.name, str(column.type)) for column in table.columns]
        query = sql.SQL("SELECT {} FROM {}").format(sql.SQL(", ").join(names), sql.Identifier(table.name))
        return self._connection.execute(query).fetchall()

    def add(self, rows: Mapping[str, Sequence[Row]], columns: Mapping[str, Sequence[str]]) -> None:
        with self._connection.cursor() as cursor:
            for table, found in rows.items():
                names = sql.SQL(", ").join(map(sql.Identifier, columns[table]))
                copying = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
                with cursor.copy(copying) as copy:
                    for row in found:
                        copy.write_row(row)
        self._connection.commit()

    def moment(self, moment: datetime) -> str:
        return moment.strftime("%Y-%m-%d %H:%M:%S+00")


def _as_text(name: str, kind: str) -> sql.Composable:
    """Return a column as its own text, but for numbers and bytes, which are as they are on SQLite."""
    if kind in {"BLOB", "INTEGER", "BOOLEAN"}:
        return sql.Identifier(name)
    return sql.SQL("{}::text").format(sql.Identifier(name))
