"""Reads docs/deployment.md as the steps of somebody who follows it: files to write, and commands to run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "deployment.md"
_BLOCK = re.compile(r"^(?P<indent> *)```(?P<kind>sh|ini|nginx)\n(?P<text>.*?)^ *```$", re.M | re.S)
# A block is a file where the words just before it end with its path.
_FILE = re.compile(r"`(?P<path>/[\w./-]+)`[^`\n]*:\s*$")


@dataclass(frozen=True)
class Step:
    """A file to write, or, without a path, lines to run; `section` is the heading that it stands under."""

    section: str
    path: str
    text: str


def steps(page: str | None = None) -> list[Step]:
    """Return the steps in their order."""
    return list(_steps(PAGE.read_text("utf-8") if page is None else page))


def _steps(page: str) -> Iterator[Step]:
    for found in _BLOCK.finditer(page):
        before = page[: found.start()]
        section = re.findall(r"^#+ (.+)$", before, re.M)[-1]
        named = _FILE.search(before)
        if named is None and found["kind"] != "sh":
            raise ValueError(f"A block under “{section}” is no command, and the words before it name no file.")
        yield Step(section, named["path"] if named else "", dedent(found["text"]))


def in_order() -> list[Step]:
    """Return the steps of the road from an empty machine, each where it is called for.

    PostgreSQL comes before the settings are first used, and the files of the backup before their timer is started.
    """
    found = steps()
    install = [step for step in found if step.section.startswith("From an empty")]
    backup = [step for step in found if step.section == "Back up" and step.path]
    timer = next(place for place, step in enumerate(install) if "sidelight-backup.timer" in step.text)
    return [*install[:timer], *backup, *install[timer:]]
