"""Where a snippet goes in a file: after which line, with which blank lines round it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lms.authoring.inserting.snippets import Snippet

HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*$")
# Small headings that belong to the question above them.
ANSWER_HEADS = frozenset({"model answer", "look for", "not enough"})
_BRACES = re.compile(r"\s*\{[^{}]*\}$")
_OF_LIST = re.compile(r"\s*(?:[-*+]|\d+[.)])\s|\s+\S")


@dataclass(frozen=True)
class Change:
    """Lines from `first` up to, but without, `last`, counted from 1, are replaced by `lines`."""

    first: int
    last: int
    lines: str

    def applied(self, text: str) -> str:
        """Return a text with this change."""
        kept = text.splitlines(keepends=True)
        if self.first > len(kept) and kept and not kept[-1].endswith("\n"):
            kept[-1] += "\n"
        return "".join((*kept[: self.first - 1], self.lines, *kept[self.last - 1 :]))


@dataclass(frozen=True)
class Heading:
    """A heading of a file, as writers can choose it; `asks` when it begins a question."""

    line: int
    level: int
    text: str
    asks: bool


def headings_of(text: str) -> list[Heading]:
    """Return the headings of a file, without their braces; a heading in a block of code is none."""
    found, code = [], False
    for number, line in enumerate(text.splitlines(), start=1):
        code ^= line.lstrip().startswith(("```", "~~~"))
        heading = None if code else HEADING.match(line)
        if heading:
            words = _BRACES.sub("", heading[2])
            found.append(Heading(number, len(heading[1]), words, "objectives=" in heading[2].removeprefix(words)))
    return found


def section_at(text: str, line: int) -> str:
    """Return the text of the section that a line is in, from its heading on."""
    own = _own_heading(text, line)
    return "\n".join(text.splitlines()[own.line - 1 if own else 0 : _end_of_section(text, line) - 1])


def place(text: str, snippet: Snippet, line: int) -> Change:
    """Return the change that puts a snippet near a line; what's inline goes to the end of that line."""
    lines = text.splitlines()
    line = min(max(line, 1), len(lines) + 1)
    if snippet.where == "front":
        return _in_front_matter(lines, snippet.text)
    front = _front_matter_ends(lines)
    if snippet.where == "section" and line <= front:
        return at_end_of(text, snippet, None)
    line = max(line, front + 1)
    if snippet.where == "inline":
        said = lines[line - 1] if line <= len(lines) else ""
        apart = "" if snippet.text.startswith("[^") or not said.strip() else " "
        return Change(line, line + 1, f"{said.rstrip()}{apart}{snippet.text}\n")
    if snippet.where == "section" or (snippet.where == "block" and _is_in_question(text, line)):
        return at_end_of(text, snippet, line)
    if snippet.where == "list":
        after = _end_of_list(lines, line, _end_of_section(text, line))
    else:
        after = _end_of_block(lines, line)
    return _between(lines, snippet, after)


def at_end_of(text: str, snippet: Snippet, line: int | None) -> Change:
    """Return the change that puts a snippet at the end of the section that a line is in, or of the file.

    Below a question, all but another heading would be read as part of it, so a rule ends it first.
    """
    lines = text.splitlines()
    line = line or len(lines) + 1
    if snippet.where in ("front", "inline"):
        return place(text, snippet, _last_words(text, line))
    end = _end_of_section(text, line)
    if snippet.where == "block" and _is_in_question(text, end - 1):
        snippet = Snippet(f"---\n\n{snippet.text}", "block")
    return _between(lines, snippet, end)


def with_end(text: str, snippet: Snippet, change: Change) -> tuple[Change, int]:
    """Return a change that lists an end in the front matter too, and how many lines come in above it for that."""
    lines = change.applied(text).splitlines(keepends=True)
    listed = _with_entry(lines, snippet.ends) if snippet.ends else None
    if listed is None:
        return change, 0
    known, added = text.splitlines(keepends=True), len(listed) - len(lines)
    first = next(at for at, line in enumerate(listed) if at >= len(known) or line != known[at])
    stays = len(known) - max(change.last, first + 1) + 1
    return Change(first + 1, len(known) - stays + 1, "".join(listed[first : len(listed) - stays])), added


def _with_entry(lines: list[str], entry: str) -> list[str] | None:
    """Return a text with one more end in its front matter, in braces or on a line of its own; None where none are."""
    front = _front_matter_ends([line.rstrip("\n") for line in lines])
    at = next((at for at in range(1, front) if lines[at].startswith("ends:")), None)
    if at is None:
        return None
    last = at + 1
    while last < front - 1 and lines[last][:1] in (" ", "\t", "}"):
        last += 1
    value = "".join(lines[at:last])
    open_, brace, after = value.rpartition("}")
    if brace:
        apart = "" if open_.rstrip().endswith("{") else ", "
        return [
            *lines[:at],
            *f"{open_.rstrip().rstrip(',')}{apart}{entry}}}{after}".splitlines(keepends=True),
            *lines[last:],
        ]
    indent = re.match(r"\s*", lines[at + 1])[0] if last > at + 1 else "  "  # type: ignore[index]
    return [*lines[:last], f"{indent}{entry}\n", *lines[last:]]


def _own_heading(text: str, line: int) -> Heading | None:
    own = [heading for heading in headings_of(text) if heading.line <= line]
    return next((heading for heading in reversed(own) if heading.text.lower() not in ANSWER_HEADS), None)


def _is_in_question(text: str, line: int) -> bool:
    """Decide whether a line is part of a question, which its next heading or a rule ends."""
    own = _own_heading(text, line)
    between = text.splitlines()[own.line : line] if own else []
    return bool(own and own.asks and not any(re.fullmatch(r"-{3,}|\*{3,}", words.strip()) for words in between))


def _between(lines: list[str], snippet: Snippet, at: int) -> Change:
    """Return the change that puts a snippet before line `at`, in place of the blank lines that are there."""
    first = at
    while first > 1 and not lines[first - 2].strip():
        first -= 1
    while at <= len(lines) and not lines[at - 1].strip():
        at += 1
    before, after = (lines[number - 1] if 0 < number <= len(lines) else "" for number in (first - 1, at))
    listed = snippet.where == "list"
    start = "" if not before or (listed and _OF_LIST.match(before)) else "\n"
    end = "" if not after or (listed and first == at and _OF_LIST.match(after)) else "\n"
    return Change(first, at, f"{start}{snippet.text}\n{end}")


def _end_of_section(text: str, line: int) -> int:
    """Return the line before which a section ends: the next heading of its level, or the end of the file."""
    own = _own_heading(text, line)
    level = own.level if own else 6
    later = (heading for heading in headings_of(text) if heading.line > line and heading.level <= level)
    return next((heading.line for heading in later), len(text.splitlines()) + 1)


def _end_of_block(lines: list[str], line: int) -> int:
    while line <= len(lines) and lines[line - 1].strip():
        line += 1
    return line


def _end_of_list(lines: list[str], line: int, end: int) -> int:
    """Return the line after the item that a line is in: before the next item, or at the end of the section."""
    for at in range(line + 1, end):
        if re.match(r"(?:[-*+]|\d+[.)])\s", lines[at - 1]):
            return at if _OF_LIST.match(lines[line - 1]) or lines[line - 1].startswith("  ") else end
    return end


def _front_matter_ends(lines: list[str]) -> int:
    if not lines or lines[0].rstrip() != "---":
        return 0
    return next((number for number, line in enumerate(lines[1:], start=2) if line.rstrip() == "---"), 0)


def _in_front_matter(lines: list[str], text: str) -> Change:
    """Replace the key that the text sets, with what's indented below it, or add it as the last one."""
    end = _front_matter_ends(lines)
    if not end:
        return Change(1, 1, f"---\n{text}\n---\n")
    key = text.partition(":")[0] + ":"
    first = next((at for at in range(2, end) if lines[at - 1].startswith(key)), end)
    last = first + (first < end)
    while last < end and lines[last - 1][:1] in (" ", "\t", "-"):
        last += 1
    return Change(first, last, f"{text}\n")


def _last_words(text: str, line: int) -> int:
    """Return the last line with words of the section that a line is in."""
    lines = text.splitlines()
    return next((at for at in range(_end_of_section(text, line) - 1, 0, -1) if lines[at - 1].strip()), 1)
