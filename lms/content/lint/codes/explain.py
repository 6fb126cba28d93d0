"""Explains the codes of `lms check`, for a terminal, a page of docs and a page in the browser."""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from lms.content.model.codes import CODES, Severity

_EXAMPLES = Path(__file__).with_name("examples.toml")
_HEAD = (
    "# Check codes\n\n"
    "`lms check` reports each of these with its file, line and column. You can’t publish a course that has an *error*; "
    "a *warning* doesn’t stop you. `lms check --explain BAD_LINK` shows one of them in the terminal.\n\n"
    "| Code | | What it means | How to fix it |\n| --- | --- | --- | --- |\n"
)


@dataclass(frozen=True)
class Example:
    """A text that gives the code, and the same without the problem; `file` is where such a text is found.

    `shows` says what both are: text of the file, a list of files, or a description in words.
    """

    file: str
    failing: str
    fixed: str
    shows: Literal["text", "files", "words"]
    also: tuple[str, ...]


@dataclass(frozen=True)
class Explanation:
    """All that there is to say about one code."""

    code: str
    severity: Severity
    what: str
    fix: str
    example: Example

    @property
    def address(self) -> str:
        """The code as it stands in the address of its page."""
        return self.code.lower().replace("_", "-")


@cache
def examples() -> dict[str, Example]:
    """The examples by code, read once from the file beside this module."""
    return {
        code: Example(
            entry["file"],
            entry["failing"].strip("\n"),
            entry["fixed"].strip("\n"),
            entry.get("shows", "text"),
            tuple(entry.get("also", ())),
        )
        for code, entry in tomllib.loads(_EXAMPLES.read_text("utf-8")).items()
    }


def find_explanation(code: str) -> Explanation | None:
    """The explanation of a code, however it is spelled: `bad link` and `bad-link` are BAD_LINK."""
    name = _spelled(code)
    return Explanation(name, *CODES[name], examples()[name]) if name in CODES else None


def list_explanations() -> list[Explanation]:
    """All codes by name."""
    return [Explanation(code, *CODES[code], examples()[code]) for code in sorted(CODES)]


def near_codes(code: str) -> list[str]:
    """Up to three codes whose names are like this one, or hold its words; the nearest first."""
    name = _spelled(code)
    near = difflib.get_close_matches(name, CODES, n=3, cutoff=0.6)
    words = {word for word in name.split("_") if len(word) > 2}
    return [*near, *(known for known in CODES if known not in near and words & set(known.split("_")))][:3]


def _spelled(code: str) -> str:
    return re.sub(r"[\s-]+", "_", code.strip()).upper()


def as_text(explanation: Explanation) -> str:
    """One code for a terminal."""
    example = explanation.example
    parts = [
        f"{explanation.code} ({explanation.severity})",
        f"{explanation.what}\n→ {explanation.fix}",
        f"{_heading(example, 'An example that gives it')}\n{_indented(example.failing)}",
        f"{_heading(example, 'The same, fixed')}\n{_indented(example.fixed)}",
    ]
    return "\n\n".join([*parts, *([_told_along(example)] if example.also else [])])


def _heading(example: Example, words: str) -> str:
    return f"{words}, in {example.file}:" if example.shows == "text" else f"{words}:"


def _indented(text: str) -> str:
    return "\n".join("    " + line if line else "" for line in text.split("\n"))


def _told_along(example: Example) -> str:
    return f"Until it’s fixed, {' and '.join(example.also)} is reported as well."


def as_markdown() -> str:
    """All codes as a page for course writers: a table to look through, then each with its example."""
    rows = (
        f"| [`{code}`](#{code.lower()}) | {severity} | {_as_plain(what)} | {_as_plain(fix)} |"
        for code, (severity, what, fix) in sorted(CODES.items())
    )
    sections = map(section, list_explanations())
    return _HEAD + "\n".join(rows) + "\n" + "".join(sections)


def section(explanation: Explanation) -> str:
    """One code as a part of the page of codes."""
    example = explanation.example
    where = f" In `{example.file}`:" if example.shows == "text" else ""
    parts = [
        f"\n## {explanation.code}\n",
        f"{_as_plain(explanation.what)} {_as_plain(explanation.fix)}{where}\n",
        f"{_fenced(example, example.failing)}\n",
        f"Fixed:\n\n{_fenced(example, example.fixed)}\n",
    ]
    if example.also:
        parts.append(f"Until it’s fixed, {' and '.join(f'`{code}`' for code in example.also)} is reported as well.\n")
    return "\n".join(parts)


def _fenced(example: Example, text: str) -> str:
    return f"````{'text' if example.shows != 'text' else 'markdown'}\n{text}\n````"


def _as_plain(text: str) -> str:
    """The text for a cell or a paragraph in which nothing is a link, bold or another cell."""
    return re.sub(r"([\[\]*<])", r"\\\1", text).replace("|", "&#124;")
