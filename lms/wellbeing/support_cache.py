"""Fallback data for wellbeing pages: the files of support lines, and copies that work without the database."""

from __future__ import annotations

import json
import logging
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from lms.accounts.records import list_programmes
from lms.wellbeing.lines import LineProblem, Lines, as_noted, put_together, read_lines
from lms.wellbeing.records import list_line_notes, list_withdrawals

log = logging.getLogger("lms.wellbeing")

SHIPPED = Path(__file__).parent / "lines.toml"
OWN, GOOD, NOTES, PROGRAMMES = "lines.toml", "care/lines.good.toml", "care/notes.json", "care/programmes.json"
SHOWN_FACTS = ("lead", "contact", "hours", "reply_time", "country", "emergency")
LARGEST = 256 * 1024


@dataclass(frozen=True)
class Current:
    """The lines as the site shows them, those before any was taken off, and what is amiss with the own file.

    `withdrawn` is off the whole site; `withdrawn_by` holds, by short name, what a programme took off its own pages.
    """

    lines: Lines
    before: Lines
    withdrawn: frozenset[str]
    troubles: tuple[LineProblem, ...]
    withdrawn_by: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def lines_of(self, slug: str | None) -> Lines:
        """Return the lines as a programme's people meet them."""
        off = self.withdrawn_by.get(slug or "")
        return as_noted(self.lines, off, {}) if off else self.lines


_known: dict[Path, tuple[tuple[Any, ...], Current]] = {}
_programmes: dict[Path, tuple[tuple[int, int, int] | None, dict[str, Any]]] = {}


@lru_cache(maxsize=1)
def shipped_lines() -> Lines:
    """Return the lines that come with the code."""
    found = read_lines(SHIPPED.read_text("utf-8"))
    if not isinstance(found, Lines):
        raise ValueError(f"the shipped lines cannot be read: {found}")
    return found


def current(data: Path) -> Current:
    """Return the lines as they stand now; files are read again only once they have changed."""
    stamps = tuple(_stamp(data / name) for name in (OWN, GOOD, NOTES))
    known = _known.get(data)
    if known and known[0] == stamps:
        return known[1]
    own, troubles = _own_lines(data)
    before = put_together(shipped_lines(), own)
    withdrawn, by_programme, checked = _read_notes(data)
    shown, unchanged = as_noted(before, withdrawn, checked), as_noted(before, frozenset(), checked)
    found = Current(shown, unchanged, withdrawn, troubles, by_programme)
    _known[data] = (tuple(_stamp(data / name) for name in (OWN, GOOD, NOTES)), found)
    return found


@lru_cache(maxsize=64)
def _place(data: Path, name: str) -> str:
    """Return where a file is; putting a path together costs more than asking for its time, and pages ask each time."""
    return os.path.join(data, name)


def _stamp(path: Path | str) -> tuple[int, int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _own_lines(data: Path) -> tuple[Lines, tuple[LineProblem, ...]]:
    """Return the own lines; while their file cannot be read, those of the last one that could."""
    if not (data / OWN).exists():
        return Lines(), ()
    text, found = _read_own(data / OWN)
    if isinstance(found, Lines):
        _keep(data / GOOD, text)
        return found, ()
    _text, good = _read_own(data / GOOD)
    return (good if isinstance(good, Lines) else Lines()), found


def _read_own(path: Path) -> tuple[str, Lines | tuple[LineProblem, ...]]:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        text = content.decode()
    except (OSError, UnicodeDecodeError):
        return "", (LineProblem(1, "unreadable", path.name),)
    return text, read_lines(text) if len(content) <= LARGEST else (LineProblem(1, "large", path.name),)


def _keep(path: Path, text: str) -> None:
    """Write a copy in one step where it says something new; a full disk costs the copy and nothing else."""
    try:
        if path.exists() and path.read_text("utf-8") == text:
            return
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(path)
    except OSError:
        log.exception("a copy for the care pages could not be written")


def _read_json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _read_notes(data: Path) -> tuple[frozenset[str], dict[str, frozenset[str]], dict[str, date]]:
    notes = _read_json(data / NOTES)
    checked = {line: date.fromisoformat(day) for line, day in notes.get("checked", {}).items()}
    by_programme = {slug: frozenset(lines) for slug, lines in notes.get("withdrawn_by", {}).items()}
    return frozenset(notes.get("withdrawn", [])), by_programme, checked


def copy_notes(data: Path) -> None:
    """Copy which lines were checked and which were taken off to where the pages read it."""
    rows = list_line_notes()
    by_programme: dict[str, list[str]] = {}
    for slug, line_id in list_withdrawals():
        by_programme.setdefault(slug, []).append(line_id)
    notes = {
        "withdrawn": [row.line_id for row in rows if row.withdrawn_at],
        "withdrawn_by": by_programme,
        "checked": {row.line_id: row.verified_on.isoformat() for row in rows if row.verified_on},
    }
    if any(notes.values()) or (data / NOTES).exists():
        _keep(data / NOTES, json.dumps(notes))


def copy_programmes(data: Path) -> None:
    """Copy whom each programme's people can talk to, for when the records do not answer."""
    programmes = {row.id: care_facts(row.slug, row.name, row.facts) for row in list_programmes()}
    _keep(data / PROGRAMMES, json.dumps(programmes, ensure_ascii=False))


def find_programme(data: Path, programme_id: str) -> dict[str, Any] | None:
    """Return the copied facts of a programme; the file is read again only once it has changed."""
    stamp = _stamp(_place(data, PROGRAMMES))
    known = _programmes.get(data)
    if known is None or known[0] != stamp:
        known = _programmes[data] = (stamp, _read_json(data / PROGRAMMES))
    found = known[1].get(programme_id)
    return found if isinstance(found, dict) else None


def care_facts(slug: str, name: str, facts: dict[str, Any]) -> dict[str, Any]:
    """Return what of a programme's facts belongs on the care pages."""
    return {"slug": slug, "name": name, **{key: facts[key] for key in SHOWN_FACTS if facts.get(key)}}
