"""Tables as CSV, whose cells no spreadsheet takes for a formula."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable
from tempfile import SpooledTemporaryFile
from typing import IO
from unicodedata import category, normalize

# Excel reads a CSV as UTF-8 only when it begins with this.
MARK = "\ufeff"
# A file of a larger programme goes to the disk while it is made.
IN_MEMORY_MOST = 1024 * 1024
_SEPARATOR_LINE = re.compile(r"""\A(["']?)sep=.\1\r?\n""", re.IGNORECASE)
# Where lists are separated by semicolons, Excel divides our cells at them and at line breaks, and reads what follows as
# a cell of its own.
_WITHIN = re.compile(r"([;\t\r\n][ \"]*)(?=[=+\-@−＝＋－＠﹦﹢﹣﹫])")
# Most cells: they begin with a letter or digit, and nothing in them divides a cell.
_HARMLESS = re.compile(r"[A-Za-z0-9][^;\t\r\n]*")


def inert(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula, also where the sign is full-width or hidden behind others.

    The same holds behind each character at which a spreadsheet may divide the cell. Source: OWASP, CSV injection.
    """
    if not cell or _HARMLESS.fullmatch(cell):
        return cell
    cell = _WITHIN.sub(r"\1'", cell)
    if cell[:1] in {"\t", "\r", "\n"}:
        return f"'{cell}"
    first = next((sign for sign in cell if category(sign) not in {"Cf", "Cc", "Zs", "Zl", "Zp"}), "")
    return f"'{cell}" if normalize("NFKC", first)[:1] in {"=", "+", "-", "@", "−"} else cell


def read_text(sent: bytes) -> str:
    """Return the text of a file that a spreadsheet wrote: UTF-8, UTF-16 or Windows-1252, without its `sep=;` line."""
    if sent.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = sent.decode("utf-16", "replace")
    elif 0 in sent:
        # No text of one byte a letter holds this one, and the side of it tells the order of the bytes.
        little = sent[1::2].count(0) >= sent[::2].count(0)
        text = sent.decode("utf-16-le" if little else "utf-16-be", "replace")
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


def write_sheet(head: Iterable[str], rows: Iterable[Iterable[object]]) -> tuple[IO[bytes], int]:
    """Return the same as a file, and how many rows it has; the rows are never in memory together."""
    file: IO[bytes] = SpooledTemporaryFile(IN_MEMORY_MOST)  # noqa: SIM115 - whoever sends it closes it
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    text.write(MARK)
    writer = csv.writer(text)
    writer.writerow(head)
    count = 0
    for row in rows:
        writer.writerow(["" if cell is None else inert(str(cell)) for cell in row])
        count += 1
    text.detach()
    file.seek(0)
    return file, count
