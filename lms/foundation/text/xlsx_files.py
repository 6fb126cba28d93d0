"""Workbooks (XLSX) as rows of text: the first visible sheet, read in one pass in flat memory and within limits.

Libraries were measured first: openpyxl adds 24 MB to each process that imports it and doesn't know merged cells when it
reads row by row, and python-calamine reserves memory for every cell between the first and the last.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from posixpath import join, normpath
from xml.parsers.expat import ExpatError, ParserCreate

from lms.foundation.text.i18n import gettext as _

Row = tuple[int, list[str]]
# What a sheet of some tens of thousands of people needs several times over; a bomb is far beyond it.
SHEET_MOST, OTHER_MOST, MEMBERS_MOST = 64 * 1024 * 1024, 16 * 1024 * 1024, 5000
COLUMNS_MOST = 1000
BLOCK, TAIL = 64 * 1024, 256 * 1024
_MERGED = re.compile(rb'mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
MERGED_MOST = 2000


class NotRead(Exception):
    """A file that can't be read as a table, with the reason in words."""


@contextmanager
def _in_words() -> Iterator[None]:
    """Turn whatever a damaged or dressed-up file does to a parser into one sentence."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, ExpatError, KeyError, IndexError, ValueError, OSError) as error:
        raise NotRead(_("This file can’t be read as an Excel workbook. Please save it again, or as CSV.")) from error
    # What zipfile raises for a member under a password, or encrypted in a way of which it knows the name alone.
    except (NotImplementedError, RuntimeError) as error:
        raise NotRead(_("This workbook is locked with a password. Please save it without one, or as CSV.")) from error


@dataclass
class _Reader:
    """What expat tells of a sheet, put together as rows; `texts` are the workbook's shared strings."""

    texts: list[str]
    rows: list[Row] = field(default_factory=list)
    _number: int = 0
    _cells: dict[int, str] = field(default_factory=dict)
    _column: int = -1
    _kind: str = ""
    _text: list[str] | None = None
    _value: str = ""
    _unspoken: bool = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""
        tag = name.rpartition(" ")[2]
        if tag == "row":
            self._number, self._cells, self._column = int(attributes.get("r", self._number + 1)), {}, -1
        elif tag == "c":
            place = attributes.get("r", "").rstrip("0123456789")
            self._column = column_number(place) if place else self._column + 1
            self._kind, self._value = attributes.get("t", "n"), ""
        elif tag == "rPh":
            self._unspoken = True
        elif tag in {"v", "t"} and not self._unspoken:
            self._text = []

    def characters(self, text: str) -> None:
        """Take a piece of text."""
        if self._text is not None:
            self._text.append(text)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        tag = name.rpartition(" ")[2]
        if tag == "rPh":
            self._unspoken = False
        elif tag in {"v", "t"} and self._text is not None:
            self._value += "".join(self._text)
            self._text = None
        elif tag == "c" and self._column < COLUMNS_MOST:
            self._cells[self._column] = self._shown()
        elif tag == "row":
            width = max(self._cells, default=-1) + 1
            self.rows.append((self._number, [self._cells.get(column, "") for column in range(width)]))

    def _shown(self) -> str:
        """Return what a cell shows; a whole number has no decimals, so a staff number stays one."""
        if self._kind == "s":
            return self.texts[int(self._value)] if self._value else ""
        if self._kind == "b":
            return {"0": "FALSE", "1": "TRUE"}.get(self._value, "")
        return _plain_number(self._value) if self._kind == "n" else self._value


def _plain_number(text: str) -> str:
    if not text or text.isdigit():
        return text
    value = float(text)
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else text


def column_number(letters: str) -> int:
    """Return the place of a column by its letters: 0 for A, 26 for AA."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1


def column_letters(place: int) -> str:
    """Return the letters of a column by its place: A for 0, AA for 26."""
    letters, rest = "", place + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(65 + letter) + letters
    return letters


def read_workbook(content: bytes) -> Iterator[Row]:
    """Yield the numbers and cells of a workbook's first visible sheet; raise NotRead when there is none.

    What a merged cell shows stands in all the cells that it covers.
    """
    with _in_words():
        archive = zipfile.ZipFile(io.BytesIO(content))
        if len(archive.infolist()) > MEMBERS_MOST:
            raise _too_much()
        sheet = _first_sheet(archive)
        reader, merged = _Reader(_shared_strings(archive)), _merged_cells(archive, sheet)
        shown: dict[tuple[int, int], str] = {}
        for _block in _parse(archive, sheet, SHEET_MOST, reader):
            for number, cells in reader.rows:
                yield number, _fill(number, cells, merged, shown) if merged else cells
            reader.rows.clear()


def _too_much() -> NotRead:
    return NotRead(_("This workbook is too large when it’s unpacked. Please copy the list into a new one, or a CSV."))


def _blocks(archive: zipfile.ZipFile, name: str, most: int) -> Iterator[bytes]:
    """Yield a member in blocks; `zipfile` never gives more of it than the size that is checked here."""
    if archive.getinfo(name).file_size > most:
        raise _too_much()
    with archive.open(name) as member:
        while block := member.read(BLOCK):
            yield block


def _parse(archive: zipfile.ZipFile, name: str, most: int, reader: _Reader) -> Iterator[None]:
    """Feed a member to a reader, a block at a time; entities, which may stand for anything, are refused."""
    parser = ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler, parser.EntityDeclHandler = reader.characters, _refuse_entity
    for block in _blocks(archive, name, most):
        parser.Parse(block, False)
        yield
    parser.Parse(b"", True)
    yield


def _refuse_entity(*_declared: object) -> None:
    raise ValueError("an XML entity")


def _elements(archive: zipfile.ZipFile, name: str) -> list[tuple[str, dict[str, str]]]:
    """Return the elements of a small member with their attributes, without namespaces."""
    found: list[tuple[str, dict[str, str]]] = []

    class Listing(_Reader):
        def start(self, name: str, attributes: dict[str, str]) -> None:
            plain = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
            found.append((name.rpartition(" ")[2], plain))

        def end(self, name: str) -> None:
            """Nothing ends here."""

    for _block in _parse(archive, name, OTHER_MOST, Listing([])):
        pass
    return found


def _targets(archive: zipfile.ZipFile, name: str, folder: str) -> dict[str, tuple[str, str]]:
    """Return the relationships of a part by id: their kind and the member that they lead to."""
    return {
        one["Id"]: (one.get("Type", ""), normpath(join("/", folder, one["Target"])).lstrip("/"))
        for tag, one in _elements(archive, name)
        if tag == "Relationship" and "Target" in one
    }


def _first_sheet(archive: zipfile.ZipFile) -> str:
    """Return the member of the first sheet that can be seen."""
    top = _targets(archive, "_rels/.rels", "")
    book = next(iter([target for kind, target in top.values() if kind.endswith("/officeDocument")]), "")
    folder, _slash, file = book.rpartition("/")
    sheets = _targets(archive, f"{folder}/_rels/{file}.rels", folder)
    for tag, one in _elements(archive, book):
        if tag == "sheet" and one.get("state", "visible") == "visible" and "worksheet" in sheets[one["id"]][0]:
            return sheets[one["id"]][1]
    raise KeyError("a sheet")


def _shared_strings(archive: zipfile.ZipFile) -> list[str]:
    name = next((one for one in archive.namelist() if one.lower().endswith("/sharedstrings.xml")), None)
    if name is None:
        return []
    texts: list[str] = []

    class Strings(_Reader):
        def end(self, name: str) -> None:
            super().end(name)
            if name.rpartition(" ")[2] == "si":
                texts.append(self._value)
                self._value = ""

    for _block in _parse(archive, name, OTHER_MOST, Strings([])):
        pass
    return texts


def _merged_cells(archive: zipfile.ZipFile, sheet: str) -> list[tuple[int, int, int, int]]:
    """Return (first row, first column, last row, last column) of merged cells, which stand at the end of a sheet."""
    tail = b""
    for block in _blocks(archive, sheet, SHEET_MOST):
        tail = (tail + block)[-TAIL:]
    found = [
        (int(top), column_number(left.decode()), int(bottom), column_number(right.decode()))
        for left, top, right, bottom in _MERGED.findall(tail)
    ]
    return found[:MERGED_MOST]


def _fill(
    number: int, cells: list[str], merged: list[tuple[int, int, int, int]], shown: dict[tuple[int, int], str]
) -> list[str]:
    """Return the cells of a row with what merged cells show in all of them."""
    for top, left, bottom, right in merged:
        if not top <= number <= bottom or left >= COLUMNS_MOST:
            continue
        if number == top and left < len(cells):
            shown[top, left] = cells[left]
        last = min(right + 1, COLUMNS_MOST)
        cells = cells + [""] * (last - len(cells))
        cells[left:last] = [shown.get((top, left), "")] * (last - left)
    return cells
