"""Writes the table of docs/privacy.md from what each room says that it stores (`python -m tests.house.privacy`)."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from lms import all_rooms
from lms.app import at_work, create_app
from lms.foundation.config.settings import read_settings

FILE: Path = Path(__file__).resolve().parent.parent.parent / "docs" / "privacy.md"
MARKS = re.compile(r"(<!-- table: kept -->)\n.*?(<!-- end of table -->)", re.DOTALL)


def table() -> str:
    """Return what is kept, why and how long, with the default settings; call it inside an app."""
    rows = [f"| {kind.what} | {kind.why} | {kind.until} |" for kind in all_rooms.list_stored()]
    return "\n".join(["| What | Why | How long |", "|---|---|---|", *rows]).replace("’", "'")


def filled(text: str, rows: str) -> str:
    """Return the page with the table between its marks as the code has it now."""
    found, count = MARKS.subn(lambda marks: f"{marks[1]}\n\n{rows}\n\n{marks[2]}", text)
    if count != 1:
        raise ValueError("docs/privacy.md needs the marks of its table once")
    return found


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(read_settings({"LMS_DATA": folder}))
        with at_work(app):
            rows = table()
    FILE.write_text(filled(FILE.read_text("utf-8"), rows), "utf-8")
