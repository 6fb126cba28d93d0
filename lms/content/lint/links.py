"""Checks of links: to the web, to a heading of the same page, and to other pages of the course."""

from __future__ import annotations

import re
from collections.abc import Mapping
from posixpath import dirname, relpath

from lms.content.markdown.blocks import Block
from lms.content.markdown.prose import page_of
from lms.content.model.report import Report, did_you_mean
from lms.content.model.structure import address_of
from lms.content.reader.context import ParseContext, ParsedFile
from lms.content.reader.parts import Link, Proofread

_ANCHOR = re.compile(r"\{#([\w-]+)[^{}]*\}\s*$")
# What is written in whole pages; the others are phrases, whose links lead to the web alone.
_PAGES = ("course", "module", "facilitator", "lesson", "gentle")


def links_of(context: ParseContext, parsed: ParsedFile) -> tuple[Link, ...]:
    """The links of one page that don't lead to the web or to a mailbox."""
    found = []
    for block in (inner for top in parsed.page.blocks for inner in top.walk()):
        for token in block.inline:
            href = str(token.attrGet("href") or "") if token.type == "link_open" else "mailto:"
            if _is_played(context, parsed, block, href):
                continue
            if not href.lower().startswith(("http://", "https://", "mailto:")):
                found.append(Link(href, *where(block, href, parsed.report)))
    return tuple(found)


def _is_played(context: ParseContext, parsed: ParsedFile, block: Block, href: str) -> bool:
    """True for a link to a recording of this course; one that isn't alone in its paragraph is reported."""
    if context.renderer.recording_path(href, dirname(parsed.report.path)) is None:
        return False
    kinds = [token.type for token in block.inline if token.type != "text" or token.content.strip()]
    alone = kinds[:1] == ["link_open"] and kinds.count("link_open") == 1 and kinds[-1:] == ["link_close"]
    top = any(block is one for one in parsed.prose)
    if parsed.role not in _PAGES or block.kind != "paragraph" or not alone or not top:
        line, column = where(block, href, parsed.report)
        parsed.report.add("RECORDING_NOT_ALONE", line, column=column)
    return True


def anchors_of(parsed: ParsedFile) -> frozenset[str]:
    """The ids that headings of a page give themselves in braces."""
    headings = (block for block in parsed.page.blocks if block.kind == "heading")
    return frozenset(found.group(1) for block in headings if (found := _ANCHOR.search(block.text)))


def look_for_links(context: ParseContext) -> None:
    """Reports links that lead nowhere, once all files are read: a link's worth depends on the page that it names."""
    pages = {page.path: page for page in context.proofread}
    for page in context.proofread:
        for link in page.links:
            why = _why_nowhere(context, pages, page, link.href)
            if why:
                context.report(page.path).add("BAD_LINK", link.line, why, column=link.column)


def _why_nowhere(context: ParseContext, pages: Mapping[str, Proofread], page: Proofread, href: str) -> str:
    """Why a link leads to no heading of its page and to no page of the course; empty when it leads to one."""
    if not href.startswith("#"):
        return _why_no_page(context, pages, page, href)
    if page.role == "conversation" or href[1:] in page.anchors:
        return ""
    return f"The link to “{href}” doesn’t lead anywhere.{_near_anchor(href[1:], page)}"


def _why_no_page(context: ParseContext, pages: Mapping[str, Proofread], page: Proofread, href: str) -> str:
    """Why a link leads to no other page of the course; empty when it leads to one."""
    folder = dirname(page.path)
    path, anchor = page_of(href, folder)
    if not path:
        return f"The link to “{href}” doesn’t lead anywhere."
    if page.role not in _PAGES:
        return "Questions, conversations and the glossary can’t link to other pages of the course."
    known_pages = [known for known in context.texts if address_of(known) is not None]
    if path not in known_pages:
        if path in context.texts:
            return f"“{path}” has no page of its own."
        # The nearest name is looked for in the way in which it would be written here.
        here = folder or "."
        near = did_you_mean(relpath(path, here), [relpath(known, here) for known in known_pages])
        return f"“{path}” isn’t in this course.{near}"
    target = pages.get(path)
    if not anchor or target is None or anchor[1:] in target.anchors:
        return ""
    if target.role == "conversation":
        return f"A conversation always starts from its first turn. Link to “{path}” without “{anchor}”."
    return f"“{path}” has no heading that ends in {{{anchor}}}.{_near_anchor(anchor[1:], target)}"


def _near_anchor(anchor: str, target: Proofread) -> str:
    return did_you_mean(f"#{anchor}", [f"#{known}" for known in sorted(target.anchors)])


def where(block: Block, words: str, report: Report) -> tuple[int, int]:
    """Line and column where the words stand in the block; its beginning when they are broken across lines."""
    for line in range(block.line, min(block.end, len(report.lines)) + 1):
        column = report.lines[line - 1].find(words)
        if column >= 0:
            return line, column + 1
    return block.line, 1
