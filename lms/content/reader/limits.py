"""Limits on a course's files, checked in one pass over the bytes before any parser sees them."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from lms.content.model.bundle import MAX_FILES, MAX_MARKDOWN, MAX_TOTAL, Bundle
from lms.content.model.report import Report
from lms.content.reader.context import ParseContext

MAX_PARAGRAPH = 8 * 1024
MAX_OPEN = 50
MAX_NESTING = 20
# A line's leading run of list and quote marks, each of which opens a level.
_MARK = re.compile(r"[ \t]*(?:>|[-+*](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$))")
_BRACKET = re.compile(r"[\[\]{}]")


def scan(bundle: Bundle, context: ParseContext) -> dict[str, str]:
    """The texts that are safe to parse, by path and with plain newlines; each that is not is reported."""
    for code, path in bundle.refused:
        Report(path, (), context.findings).add(code)
    if len(bundle.files) > MAX_FILES:
        Report("course.md", (), context.findings).add("TOO_MANY_FILES")
        return {}
    if bundle.files.total > MAX_TOTAL:
        Report("course.md", (), context.findings).add("COURSE_TOO_LARGE")
        return {}
    texts = {path: context.part(read_text, path) for path in bundle.files}
    return {path: text for path, text in texts.items() if text is not None}


def read_text(context: ParseContext, path: str) -> str | None:
    """The text of a Markdown file; None for another file, and, with a finding, for what no parser should see."""
    report = Report(path, (), context.findings)
    if leads_outside(path):
        report.add("PATH_OUTSIDE", message=f"The path {path!r} points outside the course.")
    elif path.endswith(".md"):
        text = _decode(context.files[path], report)
        if text is not None and measure(text, report):
            return text
    return None


def is_utf16(data: bytes) -> bool:
    """True for a text with the byte order mark of UTF-16, or with a zero byte in every other place of its beginning."""
    start = data[:40]
    halves = start[::2], start[1::2]
    return data.startswith((b"\xff\xfe", b"\xfe\xff")) or (
        len(start) > 1 and any(not any(half) for half in halves) and any(start)
    )


def leads_outside(path: str) -> bool:
    """True for a path that is absolute, climbs, or holds what no plain file name holds."""
    parts = PurePosixPath(path).parts
    odd = "\\" in path or any(ord(char) < 32 or 0xD800 <= ord(char) <= 0xDFFF for char in path)
    return not parts or odd or path.startswith("/") or ".." in parts or path != "/".join(parts) or ":" in parts[0]


def _decode(data: bytes, report: Report) -> str | None:
    if len(data) > MAX_MARKDOWN:
        report.add("FILE_TOO_LARGE", message="The file is larger than 256 kB.")
        return None
    if is_utf16(data):
        report.add(
            "NOT_UTF8",
            1,
            "This file is saved as UTF-16, which some editors call Unicode.",
            fix="Save the file again with UTF-8 encoding. In the browser, open it in the editor and choose Save.",
        )
        return None
    if b"\0" in data:
        report.add("NUL_BYTE", data[: data.index(b"\0")].count(b"\n") + 1)
        return None
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as trouble:
        report.add("NOT_UTF8", data[: trouble.start].count(b"\n") + 1)
        return None


def measure(text: str, report: Report) -> bool:
    """True when no paragraph, row of brackets or depth of nesting would cost a parser more than it should."""
    report.lines = text.split("\n")
    before = len(report.findings)
    begun, size, open_brackets, depth = 1, 0, 0, 0
    for number, line in enumerate([*report.lines, ""], start=1):
        if not line.strip(" \t>"):
            if size > MAX_PARAGRAPH:
                report.add("PARAGRAPH_TOO_LONG", begun)
            if open_brackets > MAX_OPEN:
                report.add("TOO_MANY_BRACKETS", begun)
            begun, size, open_brackets = number + 1, 0, 0
            continue
        size += len(line.encode("utf-8", "replace")) + 1
        for found in _BRACKET.finditer(line):
            open_brackets += 1 if found.group() in "[{" else -1 if open_brackets else 0
        deepest = _levels(line)
        if deepest > MAX_NESTING >= depth:
            report.add("NESTING_TOO_DEEP", number)
        depth = max(depth, deepest)
    return len(report.findings) == before


def _levels(line: str) -> int:
    """How many lists and quotes a line can open or stand in; two columns of indent are one level."""
    position, count, indent = 0, 0, len(line) - len(line.lstrip(" \t"))
    while found := _MARK.match(line, position):
        position, count = found.end(), count + 1
    return count + len(line[:indent].expandtabs(4)) // 2 if count else 0
