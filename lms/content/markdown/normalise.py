"""Writes blocks as Markdown that both parsers read in the same way."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from lms.content.markdown.blocks import Block

INDENT = "    "
# An empty comment keeps neighbours apart that would run together; it is dropped with all other comments.
APART = "<!-- -->"
_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?=\s)")
_DEFINES = re.compile(r"^:(?=\s)")
# The other parser takes such a line out as a definition, also where CommonMark reads it as text.
_LABELLED = re.compile(r"\[[^\]]*\]:")
_WORD = re.compile(r"[A-Za-z0-9_+-]+")


def normalise(blocks: Sequence[Block], references: Mapping[str, tuple[str, str]] | None = None) -> str:
    """The blocks as Markdown: children indented by four columns, blank lines round all, marks spelled one way."""
    lines = _all(blocks)
    for label, (href, title) in (references or {}).items():
        named = " " + '"' + title.replace('"', "'") + '"' if title else ""
        lines += ["", f"[{label}]: <{href}>{named}"]
    return "\n".join(lines) + "\n"


def _all(blocks: Sequence[Block], tight: bool = False) -> list[str]:
    lines: list[str] = []
    before: Block | None = None
    for block in blocks:
        if before is not None and not (tight and block.kind in ("bullets", "numbers")):
            lines.append("")
        if before is not None and _run_together(before, block):
            lines += [APART, ""]
        lines += _one(block)
        before = block
    return lines


def _run_together(before: Block, block: Block) -> bool:
    lists = ("bullets", "numbers")
    return before.kind in lists and block.kind in (*lists, "code")


def _one(block: Block) -> list[str]:
    """The lines of one block, without the marks of what holds it."""
    if block.kind == "heading":
        return ["#" * max(2, block.level) + " " + " ".join(block.text.split("\n"))]
    if block.kind == "paragraph":
        return _paragraph(block.text)
    if block.kind in ("bullets", "numbers"):
        return _list(block)
    if block.kind == "quote":
        return [("> " + line).rstrip() for line in _all(block.children) or [""]]
    if block.kind == "table":
        return _table(block)
    if block.kind == "code":
        return _code(block)
    if block.kind == "rule":
        return ["* * *"]
    if block.kind == "html":
        return block.text.rstrip("\n").split("\n")
    if block.kind == "footnote":
        inner = _all(block.children)
        return [
            f"[^{block.mark}]: " + (inner[0] if inner else ""),
            *(INDENT + line if line else "" for line in inner[1:]),
        ]
    return _all(block.children)


def _paragraph(text: str) -> list[str]:
    """Lines that CommonMark reads as plain text, guarded where the other parser would see a heading or a list."""
    lines = []
    for number, raw in enumerate(text.split("\n")):
        line = raw.lstrip()
        if line.startswith("#") or _LABELLED.match(line):
            line = "\\" + line
        elif number:
            line = _DEFINES.sub(r"\\:", _NUMBERED.sub(r"\1\\\2", line))
        if line.endswith("\\") and not line.endswith("\\\\"):
            line = line[:-1] + "  "
        lines.append(line)
    return lines


def _list(block: Block) -> list[str]:
    tight = all(child.tight for item in block.children for child in item.children if child.kind == "paragraph")
    lines: list[str] = []
    for number, item in enumerate(block.children, start=block.level):
        mark = f"{number}." if block.kind == "numbers" else "-"
        inner = _all(item.children, tight) or [""]
        if lines and not tight:
            lines.append("")
        lines.append(mark.ljust(4) + inner[0] if len(mark) < 4 else f"{mark} {inner[0]}")
        lines += [INDENT + line if line else "" for line in inner[1:]]
    return lines


def _table(block: Block) -> list[str]:
    rows = [[cell.text.replace("|", "\\|").replace("\n", " ") for cell in row.children] for row in block.children]
    rules = {"left": ":---", "right": "---:", "center": ":---:"}
    head = [rules.get(cell.align, "---") for cell in block.children[0].children] if block.children else []
    rows.insert(1, head)
    return ["| " + " | ".join(row) + " |" for row in rows]


def _code(block: Block) -> list[str]:
    longest = max((len(run) for run in re.findall(r"`+", block.text)), default=0)
    fence = "`" * max(3, longest + 1)
    language = _WORD.match(block.mark)
    return [fence + (language.group() if language else ""), *block.text.rstrip("\n").split("\n"), fence]
