"""Unsupported Markdown: it would show up as plain characters, or hide words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it.common.utils import normalizeReference

from lms.content.markdown.blocks import Block
from lms.content.markdown.quotes import ALERTS
from lms.content.model.conversation import FITS, LABELS
from lms.content.model.report import Report
from lms.content.reader.context import ParsedFile

_CHOICE = re.compile(r"(?<![\w)\]])[(\[][ xX][)\]](?![(\[:\w])")
_REPLY = re.compile(rf"(?P<label>[a-z ]+), ?(?:{'|'.join(FITS)})", re.IGNORECASE)
_ALERT = re.compile(r"\[!\w+\]")
_NEARLY_PRIVATE = re.compile(r"[*_]*for you,? privately(?![^\W_])", re.IGNORECASE)
_SHOWN = re.compile(
    r"(?<![\w:]):[a-z][a-z0-9_+-]*:(?![\w:])"
    r"|(?<![~\w])~[^\s~](?:[^~\n]*[^\s~])?~(?![~\w])"
    r"|(?<!=)==[^\s=](?:[^=\n]*[^\s=])?==(?!=)"
    r"|\{[:#.][^{}\n]*\}|\[\[[^\[\]\n]+\]\]|^\[TOC\]$|^:::.*$|^!!! .*$|^\|.*\|$|^#{2,6}[^\s#].*$",
    re.MULTILINE,
)
# Every mark above holds one of these; few texts do, so that few are looked at closely.
_SHOWN_HINT = re.compile(r":[a-z:]|[~{|]|==|\[\[|\[TOC|!!!|##")
_ANCHOR = re.compile(r"\{#[\w-]+\}\s*$")
_OTHER_HTML = re.compile(r"<[!?].*", re.DOTALL)
_BAR = re.compile(r"(?<!\\)\|")
_DEFINITION = re.compile(r"^[ \t>]*\[(?P<label>[^\[\]\n]+)\]:")
_LABEL = re.compile(r"\[([^\[\]]+)\]")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def look_for_marks(parsed: ParsedFile) -> None:
    """Reports every mark of an option, a reply, a callout or another program in a place where nothing reads it."""
    prose = {id(block) for block in parsed.prose}
    for top in parsed.page.blocks:
        in_prose = id(top) in prose
        for block, first_of_item in _texts(top):
            text = _plain(block)
            choices = list(_CHOICE.finditer(text))
            if choices and choices[0].start() == 0 and first_of_item and not in_prose and top.kind == "bullets":
                choices = choices[1:]
            for found in choices:
                _say("STRAY_MARK", found.group(), block, parsed.report)
            _replies(block, first_of_item and parsed.role == "conversation", parsed.report)
            _other_marks(block, text, parsed)
            _callouts(top, block, text, parsed)
            if not in_prose or parsed.role in ("conversation", "glossary"):
                _footnotes(block, parsed.report)
        for block in top.walk():
            _hidden_html(block, parsed.report)
            _cells(block, parsed.report)
    _definitions(parsed)


def _texts(top: Block) -> Iterator[tuple[Block, bool]]:
    """Every block with words of its own, and whether it is the first of a list item."""
    if top.inline:
        yield top, False
    for place, child in enumerate(top.children):
        for block, first in _texts(child):
            yield block, first or (block is child and top.kind == "item" and place == 0)


def _plain(block: Block) -> str:
    """The words with their line ends; what is code or a picture leaves a gap."""
    parts = []
    for token in block.inline:
        if token.type in ("text", "text_special"):
            parts.append(token.content)
        else:
            parts.append("\n" if token.type in ("softbreak", "hardbreak") else "\0" if not token.nesting else "")
    return "".join(parts)


def _replies(block: Block, may_begin: bool, report: Report) -> None:
    for place, token in enumerate(block.inline):
        if token.type != "strong_open" or (may_begin and not "".join(part.content for part in block.inline[:place])):
            continue
        words = block.inline[place + 1].content
        found = _REPLY.fullmatch(words.strip())
        if found and found["label"].strip().casefold() in LABELS:
            _say("BAD_REPLY", words, block, report, f"“{words}” is outside a list of replies.")


def _other_marks(block: Block, text: str, parsed: ParsedFile) -> None:
    if block.kind == "heading":
        text = _ANCHOR.sub("", text) if "objectives" not in text else re.sub(r"\{[^{}]*\}\s*$", "", text)
    if not _SHOWN_HINT.search(text) or _NEARLY_PRIVATE.match(text):
        return
    for found in _SHOWN.finditer(text):
        _say("MARKS_SHOWN", found.group(), block, parsed.report, f"“{found.group()[:60]}” is shown exactly as typed.")


def _callouts(top: Block, block: Block, text: str, parsed: ParsedFile) -> None:
    """A callout or a private prompt is a quote of its own, whose first line says what it is."""
    its_own = top.kind == "quote" and bool(top.children) and block is top.children[0] and parsed.role != "check"
    for found in _ALERT.finditer(text):
        if not (its_own and found.start() == 0):
            known = ", ".join(f"[!{name}]" for name in ALERTS)
            message = f"“{found.group()}” isn’t a callout. You can use {known}."
            _say("UNKNOWN_ALERT", found.group(), block, parsed.report, message)


def _hidden_html(block: Block, report: Report) -> None:
    """A comment that is never closed, and the marks of other languages, take all that follows with them."""
    texts = [block.text] if block.kind == "html" else [t.content for t in block.inline if t.type == "html_inline"]
    for text in texts:
        found = _OTHER_HTML.search(_COMMENT.sub("", text))
        if found:
            words = found.group().split("\n")[0][:40]
            _say("RAW_HTML", words, block, report, f"“{words}” hides what comes after it.")


def _cells(table: Block, report: Report) -> None:
    """A row with more cells than its table's head loses the rest of them."""
    if table.kind != "table" or not table.children:
        return
    for row in table.children:
        line = report.lines[row.line - 1] if row.line <= len(report.lines) else ""
        cells = len(_BAR.findall(line.strip(" \t>").strip("|"))) + 1
        if cells > len(table.children[0].children):
            report.add("NOT_SHOWN", row.line, f"This row has {cells} cells, more than the table’s header.")


def _definitions(parsed: ParsedFile) -> None:
    """Footnotes and links that are defined and never used are shown nowhere."""
    code = {
        number
        for top in parsed.page.blocks
        for block in top.walk()
        if block.kind == "code"
        for number in range(block.line, block.end + 1)
    }
    lines = [(number, line) for number, line in enumerate(parsed.report.lines, start=1) if number not in code]
    defined = [(number, found) for number, line in lines if (found := _DEFINITION.match(line))]
    text = "\n".join(_DEFINITION.sub("", line) for _, line in lines)
    used = {normalizeReference(label) for label in _LABEL.findall(text)}
    for number, found in defined:
        label = normalizeReference(found["label"])
        if not label.startswith("^") and label not in parsed.page.references:
            continue
        if label not in used:
            message = f"Nothing on this page uses “[{found['label']}]”, so nobody sees this line."
            parsed.report.add("NEVER_USED", number, message)
        used.discard(label)


def _footnotes(block: Block, report: Report) -> None:
    """A question, a conversation and a glossary have no foot for a note to stand at."""
    for token in block.inline:
        if token.type == "footnote_ref":
            label = f"[^{token.meta['label']}]"
            _say("FOOTNOTE_NOT_SHOWN", label, block, report, f"The footnote “{label}” can’t be shown here.")


def _say(code: str, words: str, block: Block, report: Report, message: str = "") -> None:
    """Notes a finding on the line of the block in which the words stand."""
    for line in range(block.line, min(block.end, len(report.lines)) + 1):
        if words in report.lines[line - 1]:
            report.add(code, line, message, column=report.column_of(line, words))
            return
    report.add(code, block.line, message)
