"""Support lines: data read from lines.toml, for each place its emergency number and whom one can talk to."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from lms.foundation.words import day
from lms.foundation.words import gettext as _


@dataclass(frozen=True)
class Line:
    """Somebody one can talk to, and when a person last made sure of it."""

    label: str
    how: str
    number: str
    tel: str
    verified_on: date | None

    @property
    def checked_text(self) -> str:
        """Say when a person of this site last checked the line."""
        if self.verified_on is None:
            return _("Not yet checked by this site")
        return _("Checked on %(day)s", day=day(self.verified_on))


@dataclass(frozen=True)
class Place:
    """A country's emergency number and lines."""

    code: str
    name: str
    emergency: str
    lines: tuple[Line, ...]


def _line(entry: dict[str, str]) -> Line:
    checked = entry["verified_on"]
    return Line(
        entry["label"], entry["how"], entry["number"], entry["tel"], date.fromisoformat(checked) if checked else None
    )


@lru_cache(maxsize=1)
def _read() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "lines.toml").read_text("utf-8"))


@lru_cache(maxsize=1)
def list_places() -> tuple[Place, ...]:
    """Return every place with lines, by name."""
    entries = [(code, entry) for code, entry in _read().items() if code != "directory"]
    places = [
        Place(code, entry["name"], entry["emergency"], tuple(_line(line) for line in entry["lines"]))
        for code, entry in entries
    ]
    return tuple(sorted(places, key=lambda place: place.name))


def find_place(code: str) -> Place | None:
    """Return the place of a country code."""
    return next((place for place in list_places() if place.code == code.upper()), None)


def directory() -> dict[str, str]:
    """Return the label and address of a directory for all other places."""
    found: dict[str, str] = _read()["directory"]
    return found
