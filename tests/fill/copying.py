"""The rows of one played life as a recipe: what is the same for everybody, and what each copy has of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Table

from lms.foundation import ids
from lms.foundation.db import Base
from tests.fill.stores import Row, Store

# Rows that belong to nobody alone, or that stand for what happens in this minute.
NOT_COPIED = {"audit_seal", "misses", "status_count", "status_list"}
# How many days the site keeps what it deletes by itself, with its settings as they are unless somebody changes them.
KEPT_DAYS = {"answer": 730, "outbox_mail": 30, "sign_in": 2, "talk_run": 90}
# When a row came to be, where its key is no inner id and other columns of it name later moments.
BORN = {"end_notice": "told_on"}
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
DAY = re.compile(r"\b20\d\d-\d\d-\d\d\b")


def tables() -> list[Table]:
    """Return the tables whose rows are copied, each after those that it refers to."""
    return [table for table in Base.metadata.sorted_tables if table.name not in NOT_COPIED]


class Snapshots:
    """All rows that there were when lives had been played, and those that the site had deleted in time by then."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[Row, Row]] = {table.name: {} for table in tables()}

    def take(self, store: Store) -> None:
        """Look at every row that there is now."""
        for table in tables():
            keys = [place for place, column in enumerate(table.columns) if column.primary_key]
            found = {tuple(row[place] for place in keys): row for row in store.rows(table)}
            self._rows[table.name] = {**self._rows[table.name], **found} if table.name in KEPT_DAYS else found

    def __iter__(self) -> Iterator[tuple[Table, Row]]:
        for table in tables():
            for row in self._rows[table.name].values():
                yield table, row

    def of(self, first_ids: set[str]) -> list[tuple[Table, Row]]:
        """Return all rows that tell of somebody: those that name them, or a row of theirs by its key."""
        mine, own = set(first_ids), dict[tuple[str, Row], tuple[Table, Row]]()
        while True:
            pattern = re.compile("|".join(map(re.escape, sorted(mine, key=len, reverse=True))))
            before = len(own)
            for table, row in self:
                if (table.name, row) not in own and any(isinstance(cell, str) and pattern.search(cell) for cell in row):
                    own[table.name, row] = table, row
                    mine |= set(keys_of(table, row))
            if len(own) == before:
                return list(own.values())


def keys_of(table: Table, row: Row) -> Iterator[str]:
    """Yield what names a row and no other: its key, and what is unique in a column of its own."""
    single = len(table.primary_key.columns) == 1
    for column, cell in zip(table.columns, row, strict=True):
        alone = (column.primary_key and single) or column.unique
        if alone and isinstance(cell, str) and not column.foreign_keys and " " not in cell:
            yield cell


Values = list[Any]
Maker = Callable[["Copy", Values], Any]


@dataclass(frozen=True)
class Copy:
    """One copy of a life: how much later everything happens, and what it is asked for."""

    later: timedelta
    own: Mapping[str, Any]
    random_hex: Callable[[int], str]


@dataclass(frozen=True)
class _Shape:
    table: str
    pick: Callable[[Values], Row]
    born: int | None
    kept: int | None


@dataclass
class Recipe:
    """How the rows of a life are made again for somebody else; `day` is when its person joined."""

    day: datetime
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _makers: list[Maker] = field(default_factory=list)
    _constants: Values = field(default_factory=list)
    _slots: dict[object, int] = field(default_factory=dict)
    _shapes: list[_Shape] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._shapes_at = lru_cache(maxsize=4000)(self._shapes_of_age)

    def slot(self, key: object, make: Maker) -> int:
        """Return the place of a value that each copy has of its own, made when it is first asked for."""
        if key not in self._slots:
            self._slots[key] = len(self._makers)
            self._makers.append(make)
        return self._slots[key]

    def constant(self, value: object) -> int:
        """Return the place of a value that is the same for everybody: behind those that aren't."""
        self._constants.append(value)
        return -len(self._constants)

    def add(self, table: Table, places: list[int], born: datetime | None) -> None:
        """Add one row, as the places of its values."""
        days = None if born is None else (born - self.day).days
        self._shapes.append(_Shape(table.name, itemgetter(*places), days, KEPT_DAYS.get(table.name)))
        self.columns[table.name] = tuple(column.name for column in table.columns)

    def _shapes_of_age(self, age: int) -> list[tuple[str, Callable[[Values], Row]]]:
        """Return the rows of somebody who joined so many days ago: none of tomorrow, none that was deleted since."""
        return [
            (shape.table, shape.pick)
            for shape in self._shapes
            if shape.born is None or (shape.born <= age and (shape.kept is None or age - shape.born < shape.kept))
        ]

    def make(self, copy: Copy, age: int, into: Mapping[str, list[Row]]) -> None:
        """Make one copy of somebody who joined so many days ago."""
        values: Values = [*([None] * len(self._makers)), *self._constants[::-1]]
        for place, maker in enumerate(self._makers):
            values[place] = maker(copy, values)
        for table, pick in self._shapes_at(age):
            into[table].append(pick(values))


def own(name: str) -> Maker:
    """Return what takes a value that the copy is asked for."""
    return lambda copy, _values: copy.own[name]


def later_id(moment: datetime) -> Maker:
    """Return what makes an inner id of so much later."""
    start = round(moment.timestamp() * 1000)

    def make(copy: Copy, _values: Values) -> str:
        time, chance = f"{start + round(copy.later.total_seconds() * 1000):012x}", copy.random_hex(18)
        return f"{time[:8]}-{time[8:]}-7{chance[:3]}-8{chance[3:6]}-{chance[6:]}"

    return make


def random_text(like: str) -> Maker:
    """Return what makes a random text of the same length, of signs that may stand in an address."""
    size = len(like)
    return lambda copy, _values: copy.random_hex(size)


class Writer:
    """Turns the rows of a life into a recipe, with what is known of its texts: what stands for what."""

    def __init__(
        self,
        store: Store,
        recipe: Recipe,
        moment_of: Callable[[float], datetime],
        columns: Mapping[tuple[str, str], Maker],
    ) -> None:
        self._store, self._recipe, self._moment_of, self._columns = store, recipe, moment_of, columns
        self._whole: dict[str, int] = {}
        self._within: dict[str, int] = {}
        self._find: re.Pattern[str] | None = None

    def let(self, text: str, make: Maker, *, within: bool = True) -> None:
        """Let a text be made for each copy, wherever it is a value; with `within`, also inside of longer texts."""
        place = self._recipe.slot(text, make)
        self._whole[text] = place
        if within:
            self._within[text] = place
            self._find = None

    def knows(self, text: str) -> bool:
        """Decide whether something was said of a text."""
        return text in self._whole

    def id_moment(self, text: str) -> datetime:
        """Return what the site's clock said when an inner id was made."""
        return self._moment_of(ids.time_of(text))

    def places_of(self, table: Table, row: Row) -> dict[str, int]:
        """Return the place of each value of a row."""
        places = {}
        for column, cell in zip(table.columns, row, strict=True):
            make = self._columns.get((table.name, column.name))
            # Whatever makes it, a value is made once for each copy: all rows of a life may share it.
            place = self._place_of(str(column.type), cell) if make is None else self._recipe.slot(make, make)
            places[column.name] = place
        return places

    def write(self, rows: Iterable[tuple[Table, Row]]) -> None:
        """Add all rows to the recipe."""
        order = {table.name: number for number, table in enumerate(tables())}
        for table, row in sorted(rows, key=lambda found: order[found[0].name]):
            places = list(self.places_of(table, row).values())
            self._recipe.add(table, places, self._born(table, row))

    def _place_of(self, kind: str, cell: Any) -> int:
        if cell is None or not isinstance(cell, str):
            return self._recipe.constant(cell)
        if kind in {"DATETIME", "TIMESTAMP"}:
            return self._moment(as_moment(cell))
        if kind == "DATE":
            return self._day(cell)
        if cell in self._whole:
            return self._whole[cell]
        return self._composed(cell, days=kind == "JSON")

    def _moment(self, moment: datetime) -> int:
        shown = self._store.moment
        return self._recipe.slot(moment, lambda copy, _values: shown(moment + copy.later))

    def _day(self, text: str) -> int:
        day = date.fromisoformat(text)
        return self._recipe.slot(day, lambda copy, _values: (day + timedelta(days=copy.later.days)).isoformat())

    def _composed(self, text: str, *, days: bool) -> int:
        """Return the place of a text with others in it."""
        self._find = self._find or re.compile("|".join(map(re.escape, sorted(self._within, key=len, reverse=True))))
        finds: list[tuple[int, int, int]] = [
            (found.start(), found.end(), self._within[found[0]]) for found in self._find.finditer(text)
        ]
        if days:
            finds += [(found.start(), found.end(), self._day(found[0])) for found in DAY.finditer(text)]
        if not finds:
            return self._recipe.constant(text)
        pieces, places, last = [], [], 0
        for start, end, place in sorted(finds):
            pieces.append(text[last:start].replace("%", "%%"))
            places.append(place)
            last = end
        form = "%s".join([*pieces, text[last:].replace("%", "%%")])
        if len(places) == 1:
            only = places[0]
            return self._recipe.slot((form, only), lambda _copy, values: form % (values[only],))
        pick = itemgetter(*places)
        return self._recipe.slot((form, *places), lambda _copy, values: form % pick(values))

    def _born(self, table: Table, row: Row) -> datetime | None:
        cells = dict(zip((column.name for column in table.columns), row, strict=True))
        if table.name in BORN:
            return datetime.combine(date.fromisoformat(cells[BORN[table.name]]), self._recipe.day.timetz())
        key = cells.get("id")
        if isinstance(key, str) and UUID.fullmatch(key):
            return self.id_moment(key)
        moments = [
            as_moment(cells[column.name])
            for column in table.columns
            if str(column.type) in {"DATETIME", "TIMESTAMP"} and cells[column.name]
        ]
        return min(moments, default=None)


def as_moment(text: str) -> datetime:
    """Return a moment as a database has it; SQLite leaves out that it is in UTC."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def facts_of(text: Any) -> dict[str, Any]:
    """Return what a JSON column holds."""
    found = json.loads(text) if isinstance(text, str) else text
    return found if isinstance(found, dict) else {}
