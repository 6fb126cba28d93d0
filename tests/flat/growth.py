"""Whole copies of a person or a programme, row by row: a site that grows, whatever tables it comes to have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Column, String, Table, UniqueConstraint, insert, or_, select

from lms.foundation.db import Base, db

Row = dict[str, Any]
# They name people and programmes without a foreign key, because they outlive both.
NAMING = {"audit_entry": ("actor_id", "person_id", "programme_id")}
SOME = 900


def copy_rows(seeds: Mapping[str, set[str]], numbers: range) -> None:
    """Copy some rows, given by table and id, with every row that belongs to them, once for each number."""
    rows = _belonging(seeds)
    fresh = {name: _fresh_columns(Base.metadata.tables[name]) for name in rows}
    old = {row[column.name] for name, found in rows.items() for row in found for column in fresh[name]}
    for number in numbers:
        for table in Base.metadata.sorted_tables:
            if rows.get(table.name):
                copies = [_copy(table, row, old, number) for row in rows[table.name]]
                db.session.execute(insert(table), copies)


def _belonging(seeds: Mapping[str, set[str]]) -> dict[str, list[Row]]:
    """Return the seeds and all rows whose foreign keys lead to them, by table, those that others lead to first."""
    ids: dict[str, set[Any]] = defaultdict(set, {name: set(keys) for name, keys in seeds.items()})
    found: dict[str, list[Row]] = {}
    for table in Base.metadata.sorted_tables:
        key = next(iter(table.primary_key.columns))
        conditions = [key.in_(seeds[table.name])] if table.name in seeds else []
        conditions += [column.in_(part) for column, keys in _leading(table, ids) for part in _parts(keys)]
        rows = (
            [dict(row._mapping) for row in db.session.execute(select(table).where(or_(*conditions)))]
            if conditions
            else []
        )
        if rows:
            found[table.name] = rows
            ids[table.name] |= {row[key.name] for row in rows}
    return found


def _leading(table: Table, ids: Mapping[str, set[Any]]) -> Iterator[tuple[Column[Any], set[Any]]]:
    for column in table.columns:
        for key in column.foreign_keys:
            above = key.column.table
            # A column of one's own table, such as the parent of a unit, leads to what is there anyway.
            if above is not table and above.name in ids and ids[above.name]:
                yield column, ids[above.name]
    for name in NAMING.get(table.name, ()):
        yield table.c[name], ids["programme" if name == "programme_id" else "person"]


def _parts(keys: set[Any]) -> Iterator[list[Any]]:
    ordered = sorted(keys)
    for start in range(0, len(ordered), SOME):
        yield ordered[start : start + SOME]


def _unique_sets(table: Table) -> list[list[Column[Any]]]:
    """Return the columns of the primary key and of all that is unique."""
    found: list[Any] = [table.primary_key.columns]
    found += [constraint.columns for constraint in table.constraints if isinstance(constraint, UniqueConstraint)]
    found += [index.columns for index in table.indexes if index.unique]
    return [list(columns) for columns in found]


def _fresh_columns(table: Table) -> list[Column[Any]]:
    """Return the columns whose values have to be new in a copy and lead to no other table."""
    single = [columns[0] for columns in _unique_sets(table) if len(columns) == 1]
    return [column for column in single if not column.foreign_keys and isinstance(column.type, String)]


def _copy(table: Table, row: Row, old: set[Any], number: int) -> Row:
    copied = {name: renamed(value, number) if value in old else value for name, value in row.items() if _is_text(value)}
    copied = {**row, **copied}
    for columns in _unique_sets(table):
        if all(copied[column.name] == row[column.name] for column in columns):
            _make_new(copied, columns, number)
    return copied


def _make_new(copied: Row, columns: list[Column[Any]], number: int) -> None:
    """Change a value of which there may be one only, such as a place in a list."""
    own = next((column.name for column in columns if not column.foreign_keys), None)
    value = copied[own] if own else None
    if own and value is not None:
        copied[own] = renamed(value, number) if isinstance(value, str) else value + 1000 * number


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def renamed(value: str, number: int) -> str:
    """Return the name of a copy; an address stays one."""
    return f"{number}.{value}" if "@" in value else f"{value}-{number}"
