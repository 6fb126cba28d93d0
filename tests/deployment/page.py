"""Reads docs/deployment.md as the steps of somebody who follows it: files to write, and commands to run."""

from __future__ import annotations

import re
import subprocess
import tempfile
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


def encrypted(tool: str) -> tuple[list[str], list[str], list[str]]:
    """Return the lines that make a key with a tool, back up with its public half, and restore with its private one."""
    found = [step for step in steps() if step.section == "Back up" and not step.path and "gpg" in step.text]
    keys, backup, restore = (
        [line for line in step.text.splitlines() if re.search(rf"\b{tool}\b", line)] for step in found
    )
    return keys, backup, restore


def follow_encrypted(tool: str, places: dict[str, str], environment: dict[str, str]) -> None:
    """Encrypt a backup and restore it as the page says, the two halves of the key on two machines.

    `places` says what stands here for the folders of the page, whose `/srv/sidelight` has to be free to restore into.
    """
    with tempfile.TemporaryDirectory(dir="/tmp") as home:
        for place, lines in zip(("elsewhere", "here", "elsewhere"), encrypted(tool), strict=True):
            keyring = Path(home, place)
            keyring.mkdir(mode=0o700, exist_ok=True)
            for line in lines:
                # Nobody is here to think of a passphrase.
                line = line.replace("gpg --quick", "gpg --batch --passphrase '' --quick")
                for theirs, ours in places.items():
                    line = line.replace(theirs, ours)
                print(f"+ {line}", flush=True)
                given = {**environment, "GNUPGHOME": str(keyring)}
                done = subprocess.run(
                    ["bash", "-o", "pipefail", "-c", line], cwd=home, env=given, stdin=subprocess.DEVNULL
                )
                if done.returncode:
                    raise SystemExit(f"This line of the page ended with status {done.returncode}: {line}")
            if tool == "gpg":
                subprocess.run(["gpgconf", "--kill", "all"], env={**environment, "GNUPGHOME": str(keyring)})


def in_order() -> list[Step]:
    """Return the steps of the road from an empty machine, each where it is called for.

    PostgreSQL comes before the settings are first used, and the files of the backup before their timer is started.
    """
    found = steps()
    install = [step for step in found if step.section.startswith("From an empty")]
    backup = [step for step in found if step.section == "Back up" and step.path]
    timer = next(place for place, step in enumerate(install) if "sidelight-backup.timer" in step.text)
    return [*install[:timer], *backup, *install[timer:]]
