"""Migrations: bringing a database to the tables this version knows, all of them in one transaction or none.

Alembic takes 0.1 s and 11 MB, and reading all migrations 0.3 s, so both wait until a database has to be migrated.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from sqlalchemy import Connection, inspect, text

from lms.foundation.background.leading import SERVED
from lms.foundation.db import NewerDatabase, StillServed, db
from lms.foundation.late import late

if TYPE_CHECKING:
    from alembic import command, config, util
else:
    command = late("alembic.command")  # 0.1 s and 11 MB, which only a database that has to be migrated needs
    config = late("alembic.config")  # the same
    util = late("alembic.util")  # the same

WAIT_SECONDS = 60
# Any number that all hosts of a site share, so that one of them migrates and the others find it done.
POSTGRES_LOCK = 5_110_601
_MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
ALONE = text("SELECT pg_try_advisory_xact_lock(:key)")


def upgrade(app: Flask, to: str = "head") -> None:
    """Run every migration that a database has not seen; when it is stopped on the way, nothing has changed.

    Raise StillServed while another host serves the site, and NewerDatabase for a database of a newer version.
    """
    with app.app_context():
        # Looked at without taking the write lock, which every command would otherwise wait for.
        if to == "head" and find_revision() == list_revisions()[0]:
            return
        with _whole_transaction() as connection:
            # Another host may have done it while this one waited for its turn, and may serve the site already.
            if to != "head" or _revision_in(connection) != list_revisions()[0]:
                _check_nobody_serves(connection)
                migrate(connection, to)


def migrate(connection: Connection, to: str = "head") -> None:
    """Run the migrations up to a revision in the transaction of a connection; raise NewerDatabase for one of later."""
    alembic = config.Config()
    alembic.set_main_option("script_location", str(_MIGRATIONS))
    alembic.attributes["connection"] = connection
    try:
        command.upgrade(alembic, to)
    except util.CommandError as error:
        raise NewerDatabase(str(error)) from None


def list_revisions() -> list[str]:
    """Return every schema revision that this version knows, the newest first.

    Each migration follows the one before, and its revision is the number with which its file's name begins.
    """
    return sorted((path.name.partition("_")[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py")), reverse=True)


def find_revision() -> str | None:
    """Return the schema revision of the app's database; None for a database without our tables. It isn't changed."""
    with db.engine.connect() as connection:
        return _revision_in(connection)


def _revision_in(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _check_nobody_serves(connection: Connection) -> None:
    if connection.dialect.name == "postgresql" and not connection.execute(ALONE, {"key": SERVED}).scalar_one():
        raise StillServed


@contextmanager
def _whole_transaction() -> Iterator[Connection]:
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection, _foreign_keys_off(connection):
            connection = connection.execution_options(writing=True)
            with connection.begin():
                yield connection
                _check_foreign_keys(connection)
    else:
        with db.engine.begin() as connection:
            connection.execute(text(f"SET LOCAL lock_timeout = {WAIT_SECONDS * 1000}"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": POSTGRES_LOCK})
            yield connection


@contextmanager
def _foreign_keys_off(connection: Connection) -> Iterator[None]:
    """Let a table be made anew while others refer to it, as SQLite asks (https://sqlite.org/lang_altertable.html#otheralter).

    SQLite takes no notice of this pragma inside a transaction, so it comes before the first statement of one.
    """
    driver: Any = connection.connection.dbapi_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    driver.execute(f"PRAGMA busy_timeout={WAIT_SECONDS * 1000}")
    try:
        yield
    finally:
        # The connection is not given back: the next one has the pragmas that every connection has.
        connection.invalidate()


def _check_foreign_keys(connection: Connection) -> None:
    missing = connection.execute(text("PRAGMA foreign_key_check")).all()
    if missing:
        pairs = sorted({f"{table} to {parent}" for table, _row, parent, _key in missing})
        raise RuntimeError(
            f"{len(missing)} row(s) refer to rows that do not exist ({', '.join(pairs)}). The database was not changed."
        )
