"""Checks of links: to the web, to a heading of the same page, and to other pages of the course."""

from __future__ import annotations

import re
from posixpath import dirname, relpath

from lms.content.markdown.blocks import Block
from lms.content.markdown.prose import page_of
from lms.content.model.report import Report, did_you_mean
from lms.content.model.structure import address_of
from lms.content.reader.context import ParseContext, ParsedFile

_ANCHOR = re.compile(r"\{#([\w-]+)[^{}]*\}\s*$")
# What is written in whole pages; the others are phrases, whose links lead to the web alone.
_PAGES = ("course", "module", "facilitator", "lesson", "gentle")


def look_for_links(context: ParseContext) -> None:
    """Reports links that lead nowhere, once all files are read: a link's worth depends on the page that it names."""
    for parsed in context.parsed_files:
        for block in (inner for top in parsed.page.blocks for inner in top.walk()):
            for token in block.inline:
                if token.type == "link_open":
                    _check_link(context, parsed, block, str(token.attrGet("href") or ""))


def _check_link(context: ParseContext, parsed: ParsedFile, block: Block, href: str) -> None:
    """Reports a link that doesn't lead to the web, a mailbox, a heading of this page or a page of this course."""
    if href.lower().startswith(("http://", "https://", "mailto:")):
        return
    if href.startswith("#"):
        if parsed.role == "conversation" or href[1:] in _anchors(parsed):
            return
        why = f"The link to “{href}” doesn’t lead anywhere.{_near_anchor(href[1:], parsed)}"
    else:
        why = _why_no_page(context, parsed, href)
    if why:
        line, column = where(block, href, parsed.report)
        parsed.report.add("BAD_LINK", line, why, column=column)


def _why_no_page(context: ParseContext, parsed: ParsedFile, href: str) -> str:
    """Why a link leads to no other page of the course; empty when it leads to one."""
    folder = dirname(parsed.report.path)
    path, anchor = page_of(href, folder)
    if not path:
        return f"The link to “{href}” doesn’t lead anywhere."
    if parsed.role not in _PAGES:
        return "Questions, conversations and the glossary can’t link to other pages of the course."
    pages = [known for known in context.texts if address_of(known) is not None]
    if path not in pages:
        if path in context.texts:
            return f"“{path}” has no page of its own."
        # The nearest name is looked for in the way in which it would be written here.
        here = folder or "."
        near = did_you_mean(relpath(path, here), [relpath(known, here) for known in pages])
        return f"“{path}” isn’t in this course.{near}"
    target = next((other for other in context.parsed_files if other.report.path == path), None)
    if not anchor or target is None or anchor[1:] in _anchors(target):
        return ""
    return f"“{path}” has no heading that ends in {{{anchor}}}.{_near_anchor(anchor[1:], target)}"


def _near_anchor(anchor: str, target: ParsedFile) -> str:
    return did_you_mean(f"#{anchor}", [f"#{known}" for known in sorted(_anchors(target))])


def _anchors(parsed: ParsedFile) -> set[str]:
    """The ids that headings of a page give themselves in braces."""
    headings = (block for block in parsed.page.blocks if block.kind == "heading")
    return {found.group(1) for block in headings if (found := _ANCHOR.search(block.text))}


def where(block: Block, words: str, report: Report) -> tuple[int, int]:
    """Line and column where the words stand in the block; its beginning when they are broken across lines."""
    for line in range(block.line, min(block.end, len(report.lines)) + 1):
        column = report.lines[line - 1].find(words)
        if column >= 0:
            return line, column + 1
    return block.line, 1
