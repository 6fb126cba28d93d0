"""Workbooks as spreadsheets write them, from rows of values."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from lms.foundation.text.xlsx_files import column_letters

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
RELATED = f'<Relationships xmlns="{PACKAGE}">%s</Relationships>'


def workbook(rows: Sequence[Sequence[object]], merged: str = "", **parts: str) -> bytes:
    """Return a workbook whose second sheet holds rows; the first is hidden. Text is shared, numbers are as floats."""
    texts: dict[str, int] = {}
    lines = "".join(
        f'<row r="{number}">{"".join(_cell(number, place, value, texts) for place, value in enumerate(row))}</row>'
        for number, row in enumerate(rows, 1)
        if row
    )
    joined = f'<mergeCells><mergeCell ref="{merged}"/></mergeCells>' if merged else ""
    strings = "".join(f"<si><r><t>{escape(text[:2])}</t></r><r><t>{escape(text[2:])}</t></r></si>" for text in texts)
    members = {
        "_rels/.rels": RELATED % f'<Relationship Id="a" Type="{OFFICE}/officeDocument" Target="/xl/workbook.xml"/>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="Old" sheetId="1" '
        'state="hidden" r:id="x"/><sheet name="Staff" sheetId="2" r:id="y"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": RELATED
        % "".join(
            f'<Relationship Id="{one}" Type="{OFFICE}/worksheet" Target="worksheets/{one}.xml"/>' for one in "xy"
        ),
        "xl/worksheets/x.xml": f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>',
        "xl/worksheets/y.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{lines}</sheetData>{joined}</worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
        **{name.replace("__", "/") + ".xml": text for name, text in parts.items()},
    }
    return archive(members)


def _cell(number: int, place: int, value: object, texts: dict[str, int]) -> str:
    where = f"{column_letters(place)}{number}"
    if value is None:
        return ""
    if isinstance(value, str):
        return f'<c r="{where}" t="s"><v>{texts.setdefault(value, len(texts))}</v></c>'
    return f'<c r="{where}" s="3"><v>{float(value)!r}</v></c>'  # type: ignore[arg-type]


def archive(members: Mapping[str, str | bytes]) -> bytes:
    """Return a ZIP file of some members."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            target.writestr(name, content)
    return made.getvalue()
