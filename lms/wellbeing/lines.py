"""Support lines: parse their file, merge several, and tell which need checking."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

OLD_AFTER = timedelta(days=90)
WAYS = ("call", "text")
LINE_KEYS = {"id", "label", "note", "number", "ways", "send", "hours", "languages", "verified_on"}
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NUMBER = re.compile(r"\+?[0-9][0-9 ()./-]*")
_PLACE = re.compile(r"[A-Z]{2}")
_AT_LINE = re.compile(r"at line (\d+)")


@dataclass(frozen=True)
class Line:
    """Somebody one can talk to, and when a person last made sure of it."""

    id: str
    label: str
    number: str
    ways: tuple[str, ...] = ("call",)
    send: str = ""
    note: str = ""
    hours: str = ""
    languages: tuple[str, ...] = ()
    verified_on: date | None = None

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """Return each way of reaching the line with its link."""
        digits = re.sub(r"[^0-9+]", "", self.number)
        return tuple((way, f"{'sms' if way == 'text' else 'tel'}:{digits}") for way in self.ways)


@dataclass(frozen=True)
class Place:
    """A country's emergency number and lines."""

    code: str
    name: str
    emergency: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Lines:
    """All that a file says: countries, the programmes' own lines by their short names, and a directory."""

    places: dict[str, Place] = field(default_factory=dict)
    programmes: dict[str, tuple[Line, ...]] = field(default_factory=dict)
    directory: tuple[str, str] = ("", "")

    def find(self, line_id: str) -> Line | None:
        """Return the line with an id."""
        return next((line for line in self.all() if line.id == line_id), None)

    def all(self) -> list[Line]:
        """Return every line."""
        groups = [*self.programmes.values(), *(place.lines for place in self.places.values())]
        return [line for group in groups for line in group]


@dataclass(frozen=True)
class LineProblem:
    """What stands in the way of reading a file: the number of its line, a word for the kind, and what was met."""

    line: int
    kind: str
    what: str


class _LineReader:
    """One file on its way to values; troubles are gathered, so that all are told at once."""

    def __init__(self, text: str) -> None:
        self.text, self.troubles, self.seen = text, [], set()  # type: tuple[str, list[LineProblem], set[str]]

    def trouble(self, kind: str, what: object, near: str = "") -> None:
        rows = self.text.splitlines()
        found = next((number for number, row in enumerate(rows, 1) if near and near in row), 1)
        self.troubles.append(LineProblem(found, kind, str(what)))

    def words(self, entry: Mapping[str, Any], key: str, near: str, *, needed: bool = False) -> str:
        value = entry.get(key, "")
        if not isinstance(value, str):
            self.trouble("not-text", key, near)
            return ""
        if needed and not value.strip():
            self.trouble("missing", key, near)
        return value.strip()

    def day(self, entry: Mapping[str, Any], near: str) -> date | None:
        value = entry.get("verified_on") or None
        if isinstance(value, str):
            try:
                value = date.fromisoformat(value)
            except ValueError:
                self.trouble("day", value, near)
                return None
        if value is not None and type(value) is not date:
            self.trouble("day", value, near)
            return None
        return value

    def listed(self, entry: Mapping[str, Any], key: str, near: str) -> tuple[str, ...]:
        value = entry.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self.trouble("not-list", key, near)
            return ()
        return tuple(value)

    def line(self, entry: object, where: str) -> Line | None:
        if not isinstance(entry, dict):
            self.trouble("not-line", where, f"[{where}")
            return None
        before = len(self.troubles)
        near = f'"{entry.get("id") or entry.get("label") or where}"'
        for key in sorted(set(entry) - LINE_KEYS):
            self.trouble("unknown", key, near)
        line = Line(
            id=self.words(entry, "id", near, needed=True),
            label=self.words(entry, "label", near, needed=True),
            number=self.words(entry, "number", near, needed=True),
            ways=self.listed(entry, "ways", near) or ("call",),
            send=self.words(entry, "send", near),
            note=self.words(entry, "note", near),
            hours=self.words(entry, "hours", near),
            languages=self.listed(entry, "languages", near),
            verified_on=self.day(entry, near),
        )
        self._check(line, near)
        return line if len(self.troubles) == before else None

    def _check(self, line: Line, near: str) -> None:
        if line.id and not _ID.fullmatch(line.id):
            self.trouble("id", line.id, near)
        if line.id in self.seen:
            self.trouble("twice", line.id, near)
        self.seen.add(line.id)
        if line.number and not _NUMBER.fullmatch(line.number):
            self.trouble("number", line.number, near)
        for way in line.ways:
            if way not in WAYS:
                self.trouble("way", way, near)

    def lines(self, table: Mapping[str, Any], where: str) -> tuple[Line, ...]:
        entries = table.get("lines", [])
        if not isinstance(entries, list):
            self.trouble("not-list", "lines", f"[{where}")
            return ()
        return tuple(line for entry in entries if (line := self.line(entry, where)))

    def place(self, code: str, table: object) -> Place | None:
        if not isinstance(table, dict) or not _PLACE.fullmatch(code):
            self.trouble("place", code, code)
            return None
        near = f"[{code}]"
        for key in sorted(set(table) - {"name", "emergency", "lines"}):
            self.trouble("unknown", key, near)
        emergency = self.words(table, "emergency", near)
        if emergency and not _NUMBER.fullmatch(emergency):
            self.trouble("number", emergency, near)
        return Place(code, self.words(table, "name", near), emergency, self.lines(table, code))


def read_lines(text: str) -> Lines | tuple[LineProblem, ...]:
    """Return what a file says, or everything that stands in the way of it; nothing is taken from half a file."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.search(str(error))
        return (LineProblem(int(found[1]) if found else len(text.splitlines()), "toml", str(error)),)
    reading = _LineReader(text)
    directory, programmes = tables.pop("directory", {}), tables.pop("programme", {})
    own = {}
    for slug, table in programmes.items() if isinstance(programmes, dict) else ():
        own[slug] = reading.lines(table, f"programme.{slug}") if isinstance(table, dict) else ()
    if not isinstance(programmes, dict) or not all(isinstance(table, dict) for table in programmes.values()):
        reading.trouble("programme", "programme", "programme")
    if not isinstance(directory, dict):
        reading.trouble("not-text", "directory", "directory")
        directory = {}
    places = {code: place for code, table in tables.items() if (place := reading.place(code, table))}
    shown = (reading.words(directory, "label", "[directory]"), reading.words(directory, "url", "[directory]"))
    if shown[1] and not shown[1].startswith("https://"):
        reading.trouble("url", shown[1], "url")
    return tuple(reading.troubles) or Lines(places, own, shown)


def put_together(shipped: Lines, own: Lines) -> Lines:
    """Return both, the own ones first and in place of shipped ones with the same id."""
    places = dict(shipped.places)
    for code, place in own.places.items():
        below = places.get(code, Place(code, code, "", ()))
        ids = {line.id for line in place.lines}
        lines = (*place.lines, *(line for line in below.lines if line.id not in ids))
        places[code] = Place(code, place.name or below.name, place.emergency or below.emergency, lines)
    return Lines(places, own.programmes, own.directory if own.directory[1] else shipped.directory)


def as_noted(lines: Lines, withdrawn: frozenset[str], checked: Mapping[str, date]) -> Lines:
    """Return lines without those that were taken off, each with the later day on which somebody checked it."""

    def noted(group: tuple[Line, ...]) -> tuple[Line, ...]:
        return tuple(replace(line, verified_on=_later(line, checked)) for line in group if line.id not in withdrawn)

    places = {code: replace(place, lines=noted(place.lines)) for code, place in lines.places.items()}
    return Lines(places, {slug: noted(group) for slug, group in lines.programmes.items()}, lines.directory)


def _later(line: Line, checked: Mapping[str, date]) -> date | None:
    days = [day for day in (line.verified_on, checked.get(line.id)) if day]
    return max(days) if days else None


def is_old(line: Line, today: date) -> bool:
    """Decide whether a line should be rung again: after 90 days, or when nobody here ever did."""
    return line.verified_on is None or today - line.verified_on > OLD_AFTER


def in_reach(lines: Lines, slug: str | None, country: str) -> list[Line]:
    """Return the lines that a programme's people meet: its own, then those of its country."""
    place = lines.places.get(country.upper())
    return [*lines.programmes.get(slug or "", ()), *(place.lines if place else ())]


def spoken_first(group: tuple[Line, ...], language: str) -> list[Line]:
    """Return lines in their order, those that answer in a language before the others."""
    return sorted(group, key=lambda line: language.split("_")[0] not in line.languages)
