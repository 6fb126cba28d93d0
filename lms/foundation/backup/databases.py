"""The database in a backup: a consistent copy of SQLite or PostgreSQL while it's in use, and how one is loaded."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, create_engine, inspect, make_url, text
from sqlalchemy.pool import NullPool

from lms.foundation.backup.archive import TABLES, BadBackup, Manifest, Schema
from lms.foundation.backup.erasures import Erasure
from lms.foundation.db import POSTGRES_WAITS, Moment
from lms.foundation.hosts.key_marks import LAST_BACKUP, UNFINISHED_RESTORE
from lms.foundation.migrations import migrate

VERSION_TABLE = "alembic_version"
SQLITE, POSTGRES = "sqlite", "postgresql"
CHUNK = 256 * 1024
# Rows that a site has before anybody used it.
NOT_YET_USED = {VERSION_TABLE, "signing_key", "key_mark", "job_push"}
# COPY writes these kinds of values as these settings say.
AS_TEXT = ("SET LOCAL datestyle TO 'ISO, YMD'", "SET LOCAL timezone TO 'UTC'", "SET LOCAL bytea_output TO 'hex'")


def sqlite_file(url: str) -> Path:
    """Return the file of an SQLite database."""
    return Path(make_url(url).database or "").resolve()


def _engine(url: str) -> Engine:
    options: dict[str, Any] = {} if url.startswith("sqlite") else {"connect_args": POSTGRES_WAITS}
    return create_engine(url, hide_parameters=True, poolclass=NullPool, **options)


def find_schema(url: str) -> Schema | None:
    """Return what a database holds; None for one that doesn't exist or has no table. It is not changed."""
    if url.startswith("sqlite") and (not sqlite_file(url).exists() or not sqlite_file(url).stat().st_size):
        return None
    engine = _engine(url)
    with engine.connect() as connection:
        return _describe(connection)


def _describe(connection: Connection) -> Schema | None:
    names = inspect(connection).get_table_names()
    if not names:
        return None
    if VERSION_TABLE not in names:
        raise BadBackup("The database has tables, but none of Sidelight’s. Nothing was changed. Name another database.")
    quote = connection.dialect.identifier_preparer.quote
    counts = {
        name: connection.scalar(text(f"SELECT count(*) FROM {quote(name)}")) or 0  # noqa: S608
        for name in sorted(names)
        if name != VERSION_TABLE
    }
    revision = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}")) or ""  # noqa: S608
    return Schema(connection.dialect.name, revision, counts, {})


def list_erased(url: str) -> list[Erasure]:
    """Return the deleted accounts that a database's audit trail names; whether a name was sealed, it doesn't say."""
    with _engine(url).connect() as connection:
        if not {"audit_entry", VERSION_TABLE} <= set(inspect(connection).get_table_names()):
            return []
        query = text("SELECT person_id, at FROM audit_entry WHERE event = 'AccountDeleted'").columns(at=Moment())
        return [Erasure(person_id, at.date(), sealed=False) for person_id, at in connection.execute(query)]


def list_marks(url: str) -> dict[str, str]:
    """Return the fingerprint of each key that a database says is its site's, by file name; none in an older one."""
    with _engine(url).connect() as connection:
        if not inspect(connection).has_table("key_mark"):
            return {}
        rows = connection.execute(text("SELECT name, fingerprint FROM key_mark"))
        return {row.name: row.fingerprint for row in rows}


def copy_sqlite(url: str, target: Path) -> Schema:
    """Copy an SQLite database by its online backup, in one step, so that writes meanwhile neither wait nor tear it."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with (
        closing(sqlite3.connect(f"{sqlite_file(url).as_uri()}?mode=rw", uri=True)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    found = find_schema(f"sqlite:///{target}")
    assert found is not None
    return found


def export_postgres(url: str, folder: Path) -> Schema:
    """Write each table to a file with COPY, all as they are at one moment, and return what they hold."""
    folder.mkdir(mode=0o700)
    with _engine(url).connect() as plain:
        options: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        connection = plain.execution_options(**options)
        for setting in AS_TEXT:
            connection.execute(text(setting))
        found = _describe(connection)
        assert found is not None
        columns: dict[str, list[str]] = {}
        for table in _tables(connection):
            columns[table] = [column["name"] for column in inspect(connection).get_columns(table)]
            statement = _copy_statement(connection, table, columns[table], "TO STDOUT")
            with (
                (folder / f"{table}.copy").open("wb") as file,
                _cursor(connection) as cursor,
                cursor.copy(statement) as copy,
            ):
                for content in copy:
                    file.write(content)
    return Schema(POSTGRES, found.revision, found.rows, columns)


def _tables(connection: Connection) -> list[str]:
    """Return the names of all tables, each after those that it refers to."""
    known = MetaData()
    known.reflect(connection)
    return [table.name for table in known.sorted_tables if table.name != VERSION_TABLE]


def _cursor(connection: Connection) -> Any:
    driver: Any = connection.connection.dbapi_connection
    return driver.cursor()


def _copy_statement(connection: Connection, table: str, columns: list[str], where_to: str) -> str:
    quote = connection.dialect.identifier_preparer.quote
    return f"COPY {quote(table)} ({', '.join(map(quote, columns))}) {where_to}"


def load_postgres(url: str, folder: Path, manifest: Manifest) -> None:
    """Put a backup in the place of all that a database holds and migrate it, in one transaction or not at all.

    No host serves it before `note_restored`, because it still has accounts that were deleted since the backup.
    """
    with _engine(url).begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout TO '5s'"))
        quote = connection.dialect.identifier_preparer.quote
        for name in inspect(connection).get_table_names():
            connection.execute(text(f"DROP TABLE {quote(name)} CASCADE"))
        migrate(connection, manifest.revision)
        names = _tables(connection)
        if set(names) != set(manifest.columns):
            odd = ", ".join(sorted(set(names) ^ set(manifest.columns)))
            raise BadBackup(f"The backup doesn’t have the tables of its version ({odd}). Please use another backup.")
        for setting in AS_TEXT:
            connection.execute(text(setting))
        # A migration may have put rows into the new tables.
        connection.execute(text(f"TRUNCATE {', '.join(map(quote, names))}"))
        for name in names:
            _load_table(connection, name, manifest.columns[name], folder / TABLES / f"{name}.copy")
        found = _describe(connection)
        assert found is not None
        check_rows(found.rows, manifest)
        migrate(connection)
        connection.execute(text("INSERT INTO key_mark VALUES (:name, '', now())"), {"name": UNFINISHED_RESTORE})
        # Without counts of its new rows, PostgreSQL would walk whole programmes until its own clean-up comes by.
        connection.execute(text("ANALYZE"))


def note_restored(url: str) -> None:
    """Note that all of a restore is done, so that hosts may serve the site, of which no backup has been made yet."""
    with _engine(url).begin() as connection:
        for name in (LAST_BACKUP, UNFINISHED_RESTORE):
            connection.execute(text("DELETE FROM key_mark WHERE name = :name"), {"name": name})


def note_backup(url: str, made_at: datetime) -> None:
    """Note in the database when a whole backup was made, unless a later one is noted there."""
    with _engine(url).begin() as connection:
        connection.execute(
            text(
                "INSERT INTO key_mark (name, fingerprint, since) VALUES (:name, '', :at) "
                "ON CONFLICT (name) DO UPDATE SET since = greatest(key_mark.since, excluded.since)"
            ),
            {"name": LAST_BACKUP, "at": made_at},
        )


def _load_table(connection: Connection, name: str, columns: list[str], path: Path) -> None:
    statement = _copy_statement(connection, name, columns, "FROM STDIN")
    with path.open("rb") as file, _cursor(connection) as cursor, cursor.copy(statement) as copy:
        while content := file.read(CHUNK):
            copy.write(content)


def count_lines(folder: Path) -> dict[str, int]:
    """Return how many rows the files of an export hold: COPY ends each row, and nothing else, with a newline."""
    counts = {}
    for path in sorted((folder / TABLES).glob("*.copy")):
        with path.open("rb") as file:
            counts[path.stem] = sum(content.count(b"\n") for content in iter(lambda: file.read(CHUNK), b""))
    return counts


def check_rows(found: dict[str, int], manifest: Manifest) -> None:
    """Raise BadBackup where a database doesn't hold the rows that its manifest counts."""
    for name in sorted({*found, *manifest.rows}):
        if found.get(name) != manifest.rows.get(name):
            raise BadBackup(
                f"The table {name} has {found.get(name, 'no')} rows, and the manifest says "
                f"{manifest.rows.get(name, 'none')}. Please use another backup."
            )


def check_whole(path: Path) -> None:
    """Raise BadBackup for an SQLite database that is damaged, or whose rows refer to rows that don't exist."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            words = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            lost = connection.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.DatabaseError as error:
        words, lost = str(error), []
    if words != "ok" or lost:
        what = words if words != "ok" else f"{len(lost)} rows refer to rows that don’t exist"
        raise BadBackup(f"The database in the backup is damaged ({what}). Please use another backup.")
