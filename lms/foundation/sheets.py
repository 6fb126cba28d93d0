"""Tables as CSV, whose cells no spreadsheet takes for a formula."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable
from unicodedata import category, normalize

# Excel reads a CSV as UTF-8 only when it begins with this.
MARK = "\ufeff"
_SEPARATOR_LINE = re.compile(r"\Asep=.\r?\n", re.IGNORECASE)


def inert(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula, also where the sign is full-width or hidden behind others.

    Source: OWASP, CSV injection.
    """
    if cell[:1] in {"\t", "\r", "\n"}:
        return f"'{cell}"
    first = next((sign for sign in cell if category(sign) not in {"Cf", "Cc", "Zs", "Zl", "Zp"}), "")
    return f"'{cell}" if normalize("NFKC", first)[:1] in {"=", "+", "-", "@", "−"} else cell


def read_text(sent: bytes) -> str:
    """Return the text of a file that a spreadsheet wrote: UTF-8, UTF-16 or Windows-1252, without its `sep=;` line."""
    if sent.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = sent.decode("utf-16", "replace")
    elif sent[1::2].count(0) * 4 > len(sent):
        text = sent.decode("utf-16-le", "replace")
    elif sent[::2].count(0) * 4 > len(sent):
        text = sent.decode("utf-16-be", "replace")
    else:
        try:
            text = sent.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = sent.decode("cp1252", "replace")
    return without_separator_line(text)


def without_separator_line(text: str) -> str:
    """Return a text without the first line by which a file tells Excel its separator."""
    return _SEPARATOR_LINE.sub("", text.removeprefix(MARK), count=1)


def as_sheet(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a table as CSV that Excel reads as UTF-8; None is an empty cell, and dates are ISO 8601."""
    out = io.StringIO()
    out.write(MARK)
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([inert("" if cell is None else str(cell)) for cell in row] for row in rows)
    return out.getvalue()
