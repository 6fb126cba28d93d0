"""Deleting what is old: found by reading, and deleted a few hundred rows at a time, so that no writer waits for it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, delete, inspect, select

from lms.foundation.db import Base, db, run, write

AT_ONCE, ROUNDS = 200, 20


def delete_old(table: type[Base], *old: ColumnElement[bool]) -> None:
    """Delete the rows of a table that meet some conditions, in short writes; what is left is for the next sweep.

    If nothing is old, nothing is written and no writer waits. Give conditions that an index answers. The
    primary key of the table is one column.
    """
    (key,) = inspect(table).primary_key
    for _round in range(ROUNDS):
        found = list(db.session.scalars(select(key).where(*old).limit(AT_ONCE)))
        if found:
            write(_delete, table, found, old)
        if len(found) < AT_ONCE:
            return


def _delete(table: type[Base], found: list[Any], old: tuple[ColumnElement[bool], ...]) -> None:
    # The conditions once more: a row may have been used since it was found.
    (key,) = inspect(table).primary_key
    run(delete(table).where(key.in_(found), *old), {})
