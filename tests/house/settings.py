"""Writes the tables of docs/settings.md from the list of settings (`python -m tests.house.settings`)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from lms.foundation.config.reference import OF_SINGLE_SIGN_ON, OF_SITE, Setting

FILE = Path(__file__).resolve().parent.parent.parent / "docs" / "settings.md"
TABLES = {"site": OF_SITE, "single sign-on": OF_SINGLE_SIGN_ON}


def table(settings: Iterable[Setting]) -> str:
    """Return settings as the page shows them."""
    rows = [
        f"| {', '.join(f'`{name}`' for name in setting.names)} | {setting.default} | {setting.about} |"
        for setting in settings
    ]
    return "\n".join(["| Setting | Default | What it does |", "|---|---|---|", *rows])


def filled(text: str) -> str:
    """Return the page with the tables between their marks as the code has them now."""
    for name, settings in TABLES.items():
        marks = re.compile(rf"(<!-- table: {name} -->)\n.*?(<!-- end of table -->)", re.DOTALL)
        text, count = marks.subn(lambda mark: f"{mark[1]}\n\n{table(settings)}\n\n{mark[2]}", text)  # noqa: B023
        if count != 1:
            raise ValueError(f"docs/settings.md needs the marks of the table “{name}” once")
    return text


if __name__ == "__main__":
    FILE.write_text(filled(FILE.read_text("utf-8")), "utf-8")
