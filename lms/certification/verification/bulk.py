"""Lists of codes: read from what somebody pasted, sent or uploaded, and answered one row for each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from lms.certification.awards.codes import grouped, normalise_code
from lms.certification.awards.rules import State
from lms.certification.awards.texts.state_wording import state_words
from lms.certification.verification.records import list_by_code
from lms.foundation import clock
from lms.foundation.config.settings import Settings
from lms.foundation.text.csv_files import as_sheet, without_separator_line
from lms.foundation.text.i18n import gettext as _

MOST_CODES = 500
_SHOWN_MOST = 40


@dataclass(frozen=True)
class Row:
    """What the register says of one code of a list; an unreadable one says so, and keeps its place."""

    typed: str
    code: str | None
    state: State
    course: str = ""
    version: str = ""
    awarded_on: date | None = None
    valid_until: date | None = None
    name: str = ""

    @cached_property
    def words(self) -> tuple[str, str]:
        """A mark and the state in words."""
        if self.code is None:
            return "none", _("Can’t be read as a code")
        mark, short, _sentence = state_words(self.state, self.valid_until)
        return mark, short


def read_codes(text: str) -> list[str]:
    """Return what may be codes in pasted lines or a CSV: of each row the first cell that reads as one, or its first.

    A first row without any code is taken for the head of a table and left out, unless it is all there is.
    """
    found: list[tuple[str, bool]] = []
    for line in without_separator_line(text).splitlines():
        filled = [bare for cell in re.split(r"[,;\t]", line) if (bare := cell.strip().strip("\"'").strip())]
        if filled:
            code = next((cell for cell in filled if normalise_code(cell)), None)
            found.append((code or filled[0], code is not None))
    if len(found) > 1 and not found[0][1]:
        found = found[1:]
    return [typed for typed, _readable in found]


def answer(typed: list[str], settings: Settings) -> list[Row]:
    """Return one row for each code in the order given, in one statement."""
    codes = [normalise_code(text) for text in typed]
    found = list_by_code([code for code in codes if code])
    today: dict[str, date] = {}
    rows = []
    for text, code in zip(typed, codes, strict=True):
        award = found.get(code or "")
        if award is None or award.waiting:
            rows.append(Row(text[:_SHOWN_MOST], code, "unknown"))
            continue
        if award.programme_id not in today:
            today[award.programme_id] = clock.today(award.timezone or settings.timezone)
        state = award.state(today[award.programme_id])
        name = award.name if award.name_shown and state in {"valid", "expired"} else ""
        rows.append(
            Row(text[:_SHOWN_MOST], code, state, award.title, award.version, award.passed_on, award.valid_until, name)
        )
    return rows


def count_unknown(rows: list[Row]) -> int:
    """Return how many readable codes of a list nobody has, each counted once."""
    return len({row.code for row in rows if row.code and row.state == "unknown"})


def as_csv(rows: list[Row]) -> str:
    """Return the rows as CSV with inert cells, for a spreadsheet."""
    head = ("code", "state", "course", "version", "awarded_on", "valid_until", "name")
    return as_sheet(
        head,
        (
            (
                grouped(row.code) if row.code else row.typed,
                row.state if row.code else "unreadable",
                row.course,
                row.version,
                row.awarded_on,
                row.valid_until,
                row.name,
            )
            for row in rows
        ),
    )


def as_json(rows: list[Row]) -> list[dict[str, str | None]]:
    """Return the rows for programmes to read; an end that a certificate does not have is null."""
    return [
        {
            "typed": row.typed,
            "code": row.code,
            "state": row.state if row.code else "unreadable",
            "course": row.course or None,
            "version": row.version or None,
            "awarded_on": row.awarded_on.isoformat() if row.awarded_on else None,
            "valid_until": row.valid_until.isoformat() if row.valid_until else None,
            "name": row.name or None,
        }
        for row in rows
    ]
