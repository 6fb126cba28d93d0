"""SQL functions that SQLite and PostgreSQL spell differently."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    Table,
    func,
    literal_column,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class json_rows(FunctionElement[Any]):  # noqa: N801 - named like the SQL functions it stands for
    """An aggregate: many rows as one JSON array, each row an array of these columns. No rows give [] or None."""

    type = JSON()
    inherit_cache = True


@compiles(json_rows, "sqlite")
def _json_rows_in_sqlite(element: json_rows, compiler: SQLCompiler, **options: Any) -> str:
    cells = ((cell.type, compiler.process(cell, **options)) for cell in element.clauses)
    wrapped = (f"json({sql})" if isinstance(kind, JSON) else sql for kind, sql in cells)
    return f"json_group_array(json_array({', '.join(wrapped)}))"


@compiles(json_rows, "postgresql")
def _json_rows_in_postgresql(element: json_rows, compiler: SQLCompiler, **options: Any) -> str:
    cells = (compiler.process(cell, **options) for cell in element.clauses)
    return f"json_agg(json_build_array({', '.join(cells)}))"


def only_where(condition: str, postgresql: str = "") -> dict[str, Any]:
    """Return the arguments of an index that holds only the rows that meet a condition, which may differ in words."""
    return {"sqlite_where": text(condition), "postgresql_where": text(postgresql or condition)}


def aggregate_text(texts: Any, between: str) -> Any:
    """Return the texts of many rows as one; what is between them is part of the statement, not sent each time."""
    separator: Any = literal_column(f"'{between}'")
    return func.aggregate_strings(texts, separator)


@cache
def insert_once(table: Table, dialect: str) -> Any:
    """Return the statement that inserts a row, or does nothing if there's one with its key."""
    flavour: Any = postgresql if dialect == "postgresql" else sqlite
    return flavour.insert(table).on_conflict_do_nothing()
