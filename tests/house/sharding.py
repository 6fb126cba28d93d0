"""The schema by programme, as Citus would distribute it: `python -m tests.house.sharding` prints the statements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ForeignKeyConstraint, Table, UniqueConstraint

from lms.app import load_views
from lms.foundation.db import Base

COLUMN = "programme_id"
# Belongs to a person or to the site, although an enrolment or an award stands in it.
OF_SITE = {"programme"}


@dataclass(frozen=True)
class Schema:
    """Tables of a programme, those that belong to one through another table, and those of the whole site."""

    own: dict[str, Table]
    through: dict[str, tuple[Table, str, str]]
    site: dict[str, Table]

    def is_distributed(self, name: str) -> bool:
        """Return whether a table is split by programme."""
        return name in self.own or name in self.through


def read_schema() -> Schema:
    """Return the tables of this version; one that belongs through another names its column and parent."""
    load_views()
    tables = Base.metadata.tables
    own = {
        name: table
        for name, table in tables.items()
        if COLUMN in table.columns and not table.columns[COLUMN].nullable and name not in OF_SITE
    }
    through: dict[str, tuple[Table, str, str]] = {}
    for table in Base.metadata.sorted_tables:
        if table.name in own or table.name in OF_SITE or COLUMN in table.columns:
            continue
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
            parent = key.column.table.name
            if parent in own or parent in through:
                through[table.name] = (table, key.parent.name, parent)
                break
    site = {name: table for name, table in tables.items() if name not in own and name not in through}
    return Schema(own, through, site)


def statements(schema: Schema) -> Iterator[str]:
    """Return what distributes the tables of a database by programme, in order."""
    for name, (table, column, parent) in schema.through.items():
        yield f'ALTER TABLE "{name}" ADD COLUMN {COLUMN} varchar'
        key = next(iter(Base.metadata.tables[parent].primary_key.columns)).name
        yield f'UPDATE "{name}" t SET {COLUMN} = p.{COLUMN} FROM "{parent}" p WHERE p."{key}" = t."{column}"'
        yield f'ALTER TABLE "{name}" ALTER COLUMN {COLUMN} SET NOT NULL'
        assert table.name == name
    split = {**schema.own, **{name: table for name, (table, _column, _parent) in schema.through.items()}}
    yield from _without_keys(schema, split)
    yield from _with_keys(split)
    for name in sorted(_referred_to(schema, split)):
        yield f"SELECT create_reference_table('{name}')"
    for name in split:
        yield f"SELECT create_distributed_table('{name}', '{COLUMN}')"
    yield from _with_references(schema, split)


def _references(table: Table) -> list[ForeignKeyConstraint]:
    return sorted(
        (key for key in table.constraints if isinstance(key, ForeignKeyConstraint)),
        key=lambda key: str(key.column_keys),
    )


def _referred_to(schema: Schema, split: dict[str, Table]) -> set[str]:
    return {
        key.referred_table.name
        for table in split.values()
        for key in _references(table)
        if not schema.is_distributed(key.referred_table.name)
    }


def _without_keys(schema: Schema, split: dict[str, Table]) -> Iterator[str]:
    """Drop every key and unique rule of distributed tables, and what refers to them from anywhere."""
    names = ", ".join(f"'{name}'" for name in split)
    yield (
        "DO $$ DECLARE one record; BEGIN FOR one IN SELECT conrelid::regclass AS place, conname FROM pg_constraint "
        f"WHERE (contype IN ('p', 'u') AND conrelid::regclass::text IN ({names})) OR (contype = 'f' AND "
        f"confrelid::regclass::text IN ({names})) ORDER BY contype = 'f' DESC LOOP EXECUTE format('ALTER TABLE %s DROP "
        "CONSTRAINT %I', one.place, one.conname); END LOOP; FOR one IN SELECT indexrelid::regclass AS place FROM "
        f"pg_index WHERE indisunique AND indrelid::regclass::text IN ({names}) LOOP EXECUTE format('DROP INDEX %s', "
        "one.place); END LOOP; END $$"
    )


def _with_keys(split: dict[str, Table]) -> Iterator[str]:
    for name, table in split.items():
        yield f'ALTER TABLE "{name}" ADD PRIMARY KEY ({_led(table.primary_key.columns.keys())})'
        unique = [key.columns.keys() for key in table.constraints if isinstance(key, UniqueConstraint)]
        unique += [index.columns.keys() for index in table.indexes if index.unique]
        for columns in sorted(unique):
            yield f'ALTER TABLE "{name}" ADD UNIQUE ({_led(columns)})'


def _with_references(schema: Schema, split: dict[str, Table]) -> Iterator[str]:
    for name, table in split.items():
        for key in _references(table):
            parent = key.referred_table.name
            if schema.is_distributed(parent):
                there = _led([element.column.name for element in key.elements])
                yield f'ALTER TABLE "{name}" ADD FOREIGN KEY ({_led(key.column_keys)}) REFERENCES "{parent}" ({there})'


def _led(columns: list[str]) -> str:
    """Return columns as a key that begins with the programme."""
    return ", ".join(f'"{column}"' for column in [COLUMN, *(column for column in columns if column != COLUMN)])


if __name__ == "__main__":
    for statement in statements(read_schema()):
        print(f"{statement};")
