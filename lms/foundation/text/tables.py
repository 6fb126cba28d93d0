"""Tables that people send: CSV in any encoding and with any separator, or a workbook, as rows of clean cells."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice

from lms.foundation.text.csv_files import read_text
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.xlsx_files import NotRead, Row, read_workbook

SEPARATORS = ",;\t|"
HEAD_ROWS = 20
# How an export keeps a spreadsheet from dropping the zeros in front of a number: ="00123".
_KEPT_AS_TEXT = re.compile(r'="([^"]*)"')


def read_table(content: bytes, known_columns: Callable[[list[str]], int]) -> Iterator[Row]:
    """Yield the numbers and cells of the rows that hold something; raise NotRead where a file is no table.

    The separator of a CSV file is the one that gives a row with the most known columns near its beginning.
    """
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise NotRead(_("This is an old Excel file, or one with a password. Please save it as XLSX or CSV."))
    rows = read_workbook(content) if content.startswith(b"PK") else _read_csv(read_text(content), known_columns)
    for number, cells in rows:
        clean = [clean_cell(cell) for cell in cells]
        if any(clean):
            yield number, clean


def clean_cell(cell: str) -> str:
    """Return what a cell says on one line, in one Unicode form."""
    kept = _KEPT_AS_TEXT.fullmatch(cell.strip())
    return unicodedata.normalize("NFC", " ".join((kept[1] if kept else cell).split()))


def _read_csv(text: str, known_columns: Callable[[list[str]], int]) -> Iterator[Row]:
    def score(separator: str) -> int:
        found = [0]
        with suppress(NotRead):
            found.extend(known_columns(cells) for _number, cells in islice(_split(text, separator), HEAD_ROWS))
        return max(found)

    yield from _split(text, max(SEPARATORS, key=score))


def _split(text: str, separator: str) -> Iterator[Row]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise NotRead(
                _(
                    "The quotation marks in row %(row)s don’t match up. Please check that row, then try again.",
                    row=number,
                )
            ) from error
        yield number, cells
