"""Databases of any schema, filled with rows and counted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from lms.foundation.db import db

VERSIONS = Path(__file__).resolve().parents[2] / "lms" / "migrations" / "versions"
REVISIONS = sorted(path.name.partition("_")[0] for path in VERSIONS.glob("0*.py"))
# What stands in a column whose words are a choice.
WORDS = {"mode": "months", "state": "open", "role": "learner"}


def value_for(column: sa.Column[Any], number: int) -> Any:
    """Return a value that a column takes, another one for each row."""
    kind = column.type
    for python, value in (
        (sa.Boolean, False),
        (sa.LargeBinary, b"kept bytes"),
        (sa.DateTime, datetime(2026, 3, 1, 9, number % 60, tzinfo=UTC)),
        (sa.Date, date(2026, 3, 1)),
        (sa.Time, datetime(2026, 3, 1, 9, number % 60).time()),  # noqa: DTZ001
        (sa.JSON, {}),
        (sa.Numeric, number + 1),
        (sa.Integer, number + 1),
    ):
        if isinstance(kind, python):
            return value
    return WORDS.get(column.name, f"{column.name} {number}")


def fill(connection: sa.Connection, rows: int = 2, first: int = 0) -> dict[str, int]:
    """Put rows into every table of whatever schema there is, each beside the rows it refers to; return their counts.

    Rows are numbered from `first`, so that a database can be filled again after it was upgraded.
    """
    tables = sa.MetaData()
    tables.reflect(connection)
    made: dict[str, list[dict[str, Any]]] = {}
    for table in tables.sorted_tables:
        if table.name == "alembic_version":
            continue
        made[table.name] = [
            {
                column.name: next(
                    (
                        made[key.column.table.name][number][key.column.name]
                        for key in column.foreign_keys
                        if key.column.table.name in made
                    ),
                    None if column.foreign_keys else value_for(column, first + number),
                )
                for column in table.columns
            }
            for number in range(rows)
        ]
        connection.execute(table.insert(), made[table.name])
    # Counts of conversations that were pooled over programmes cannot be told apart, and begin anew.
    pooled = {name for name in ("talk_tally", "talk_coverage") if name in made and "programme_id" not in made[name][0]}
    return {name: len(kept) for name, kept in made.items() if name not in pooled}


def counts_of(connection: sa.Connection, names: Any) -> dict[str, int]:
    """Return the number of rows of each table."""
    return {name: connection.scalar(sa.text(f'SELECT count(*) FROM "{name}"')) or 0 for name in names}


@contextmanager
def opened(app: Flask) -> Iterator[sa.Connection]:
    """Give a connection to the database of a site, and close them all afterwards."""
    with app.app_context():
        with db.engine.begin() as connection:
            yield connection
        db.engine.dispose()


def is_whole(app: Flask, before: dict[str, int]) -> None:
    """Check that a site is up to date and has the rows that it had before."""
    with opened(app) as connection:
        assert connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == REVISIONS[-1]
        assert counts_of(connection, before) == before
        if connection.dialect.name == "sqlite":
            assert connection.execute(sa.text("PRAGMA foreign_key_check")).all() == []
            assert connection.scalar(sa.text("PRAGMA foreign_keys")) == 1
