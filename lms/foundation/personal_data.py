"""Personal data: what each room declares to store, and the ZIP file of an export."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field

from lms.foundation.text.csv_files import inert


@dataclass(frozen=True)
class StoredData:
    """One kind of thing that is kept of somebody: what, why and until when, and every column in which it stands."""

    what: str
    why: str
    until: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """One kind of a person's rows: its file name, its title, column keys with their heads, and cells as text."""

    name: str
    title: str
    heads: dict[str, str]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Enclosure:
    """A file that is handed over as it is."""

    name: str
    title: str
    content: bytes


@dataclass
class Remains:
    """What stays when an account is deleted, filled by the rooms whose records outlive it; a key asks to seal names."""

    seal_key: bytes | None = None
    enrolments: set[str] = field(default_factory=set)
    person: bool = False


Part = Sheet | Enclosure
Export = Callable[[str], list[Part]]
Erasure = Callable[[str, Remains], None]

LOOK = """body{font:1.05rem/1.6 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;display:block;overflow-x:auto}
th,td{text-align:start;vertical-align:top;padding:.4rem .8rem;border-bottom:1px solid}
"""


def _as_csv(sheet: Sheet) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(sheet.heads)
    writer.writerows([inert(cell) for cell in row] for row in sheet.rows)
    return out.getvalue()


def _as_json(sheet: Sheet) -> str:
    return json.dumps([dict(zip(sheet.heads, row, strict=True)) for row in sheet.rows], ensure_ascii=False, indent=2)


def pack(index: str, parts: list[Part]) -> bytes:
    """Return a ZIP: a page to read, each sheet as CSV and as JSON, and the enclosures."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("index.html", index)
        bundle.writestr("look.css", LOOK)
        for part in parts:
            if isinstance(part, Enclosure):
                bundle.writestr(part.name, part.content)
            else:
                bundle.writestr(f"csv/{part.name}.csv", "\ufeff" + _as_csv(part))
                bundle.writestr(f"json/{part.name}.json", _as_json(part))
    return out.getvalue()
