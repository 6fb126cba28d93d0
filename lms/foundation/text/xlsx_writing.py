"""Tables as Excel workbooks, written in one pass in flat memory: texts, and dates that Excel sorts as dates."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from datetime import date
from tempfile import SpooledTemporaryFile
from typing import IO
from xml.sax.saxutils import escape

from lms.foundation.text.csv_files import IN_MEMORY_MOST, inert

_DAY_0 = date(1899, 12, 30)
# What XML can't hold.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CELL_MOST = 32_767
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_PARTS = {
    "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    # The second format is that of days: 14 is the one that follows the reader's own country.
    "xl/styles.xml": f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font/><font><b/></font></fonts>'
    '<fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf/><xf numFmtId="14" applyNumberFormat="1"/><xf fontId="1" applyFont="1"/></cellXfs>'
    "</styleSheet>",
}


def write_workbook(title: str, head: Iterable[str], rows: Iterable[Iterable[object]]) -> tuple[IO[bytes], int]:
    """Return a workbook with one sheet, whose first row stays in sight, and the number of its rows below that.

    Texts are cells of text, and inert as in a CSV file, in case somebody saves it as one; None is an empty cell.
    """
    file: IO[bytes] = SpooledTemporaryFile(IN_MEMORY_MOST)  # noqa: SIM115 - whoever sends it closes it
    count = 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, part in _PARTS.items():
            archive.writestr(name, part)
        archive.writestr(
            "xl/workbook.xml",
            f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
            f'<sheet name="{escape(_plain(title)[:31])}" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(
                f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
                '<pane ySplit="1" topLeftCell="A2" state="frozen"/></sheetView></sheetViews><sheetData>'.encode()
            )
            sheet.write(_row(head, ' s="2"'))
            for row in rows:
                sheet.write(_row(row))
                count += 1
            sheet.write(b"</sheetData></worksheet>")
    file.seek(0)
    return file, count


def _row(cells: Iterable[object], style: str = "") -> bytes:
    return f"<row>{''.join(_cell(cell, style) for cell in cells)}</row>".encode()


def _cell(cell: object, style: str) -> str:
    if cell is None or cell == "":
        return "<c/>"
    if isinstance(cell, date):
        return f'<c s="1"><v>{(cell - _DAY_0).days}</v></c>'
    text = escape(inert(_plain(str(cell)))[:_CELL_MOST])
    return f'<c t="inlineStr"{style}><is><t xml:space="preserve">{text}</t></is></c>'


def _plain(text: str) -> str:
    return _NO_XML.sub("", text)
