"""Texts of a draft: bytes and pasted text become lines, front matter is set by key, and two changes become one."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from unicodedata import category, normalize

_FRONT = re.compile(r"\A---[ \t]*\n(.*?\n)---[ \t]*(?:\n|\Z)", re.DOTALL)
_PLAIN = re.compile(r"[A-Za-z0-9][\w .’–-]*")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Line:
    """A line of a comparison: `same`, `added` or `removed`, or `skipped` with how many the same were left out."""

    mark: str
    text: str
    count: int = 0


def as_lines(text: str) -> str:
    """Return what a browser sent as a file holds it: plain newlines, one at the end, and no mark of a byte order."""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    plain = plain.replace("\0", "")
    return plain if not plain or plain.endswith("\n") else plain + "\n"


def read_bytes(content: bytes) -> tuple[str, bool]:
    """Return a file as text, and whether it was in UTF-8; what isn't is read as UTF-16 or as Windows text."""
    try:
        if b"\0" not in content:
            return as_lines(content.decode("utf-8-sig")), True
    except UnicodeDecodeError:
        pass
    if content.startswith(_UTF16) or content[1:2] == b"\0":
        known = "utf-16" if content.startswith(_UTF16) else "utf-16-le"
        return as_lines(content.decode(known, "replace")), False
    return as_lines(content.decode("cp1252", "replace")), False


def front_value(text: str, key: str) -> str:
    """Return a line of text of the front matter by its key, without quotes; empty when there is none.

    What can't be stored or shown, and only an escape can bring in, is left out.
    """
    return "".join(sign for sign in _front_value(text, key) if category(sign) not in {"Cc", "Cs"})


def _front_value(text: str, key: str) -> str:
    front = _FRONT.match(text)
    found = re.search(rf"^{key}:[ \t]*(.+?)[ \t]*$", front.group(1), re.MULTILINE) if front else None
    value = found.group(1) if found else ""
    if value.startswith('"'):
        try:
            return str(json.loads(value))
        except ValueError:
            return value.strip('"')
    return value[1:-1].replace("''", "'") if value[:1] == value[-1:] == "'" and len(value) > 1 else value


def with_front_value(text: str, key: str, value: str) -> str:
    """Return a text with another value under a key of its front matter; a key that wasn't there comes first."""
    front = _FRONT.match(text)
    if front is None:
        return f"---\n{key}: {quoted(value)}\n---\n{text}"
    line, lines = f"{key}: {quoted(value)}\n", front.group(1)
    pattern = re.compile(rf"^{key}:.*\n", re.MULTILINE)
    changed = pattern.sub(lambda _found: line, lines, count=1) if pattern.search(lines) else line + lines
    return text[: front.start(1)] + changed + text[front.end(1) :]


def quoted(value: str) -> str:
    """Return a value as YAML reads it back: plain when it's a few plain words, else in straight quotes."""
    one_line = " ".join(value.split())
    bent = one_line.lower() in {"yes", "no", "true", "false", "null", "on", "off"} or one_line[:1].isdigit()
    return one_line if _PLAIN.fullmatch(one_line) and not bent else json.dumps(one_line, ensure_ascii=False)


def id_from(words: str) -> str:
    """Return an id made of words: lower case, hyphens, no accents, 60 characters at most."""
    plain = normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")


def _changes(base: Sequence[str], text: Sequence[str]) -> list[tuple[int, int, tuple[str, ...]]]:
    """Return what was done to the base: from which line to which, and what is there now."""
    found = SequenceMatcher(None, base, text, autojunk=False).get_opcodes()
    return [(i1, i2, tuple(text[j1:j2])) for mark, i1, i2, j1, j2 in found if mark != "equal"]


def merge(base: str, yours: str, theirs: str) -> str | None:
    """Return both changes of a text in one; None when they touch the same lines, or lines beside each other."""
    lines = base.splitlines(keepends=True)
    one, other = (_changes(lines, text.splitlines(keepends=True)) for text in (yours, theirs))
    both = sorted({*one, *other})
    for before, after in pairwise(both):
        if after[0] <= before[1]:
            return None
    for first, last, put in reversed(both):
        lines[first:last] = put
    return "".join(lines)


def compare(before: str, after: str, around: int = 2) -> list[Line]:
    """Return what is different between two texts line by line, with a few lines around each change."""
    old, new = before.splitlines(), after.splitlines()
    found: list[Line] = []
    for mark, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if mark == "equal":
            found += _shortened(old[i1:i2], around, first=i1 == 0, last=i2 == len(old))
        else:
            found += [Line("removed", text) for text in old[i1:i2]] + [Line("added", text) for text in new[j1:j2]]
    return found


def _shortened(lines: list[str], around: int, *, first: bool, last: bool) -> list[Line]:
    head, tail = 0 if first else around, 0 if last else around
    if len(lines) <= head + tail + 1:
        return [Line("same", text) for text in lines]
    end = len(lines) - tail
    skipped = Line("skipped", "", end - head)
    return [*(Line("same", text) for text in lines[:head]), skipped, *(Line("same", text) for text in lines[end:])]
