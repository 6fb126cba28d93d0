"""Reading that several question kinds share: options with their reasons, from loosely indented lists."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from lms.content.markdown.blocks import Block
from lms.content.model.question import Option, Question
from lms.content.model.report import Report
from lms.content.model.safe import says_something

MARK = re.compile(r"([(\[])([ xX]?)[)\]](?:\s+|$)")
LEANING = re.compile(r"\b(?:all|none|both|neither) of (?:the above|these answers|them above)\b", re.IGNORECASE)
LEAST_WORDS = 4
_SPEECH = re.compile(r"“[^”]*”|\"[^\"]*\"|«[^»]*»")
_BLAME = re.compile(
    r"\byou(?:[’']re| are| were)? (?:wrong|mistaken|careless|to blame)\b"
    r"|\b(?:that|this|it)(?:[’']s| is| was) wrong\b|^\s*(?:wrong|no!)"
    r"|\bincorrect(?:ly)?\b|\byou(?:[’']ve| have)? fail(?:ed)?\b"
    r"|\byour (?:fault|failing|mistake)\b|\byou should have\b"
    r"|\bcareless(?:ly|ness)?\b|\bstupid\b|\bsilly\b|\bfoolish\b|\boops\b|\binvalid\b|\bobviously\b",
    re.IGNORECASE,
)
_NOT_RUNNING = {"code": "Code", "table": "A table", "heading": "A heading", "rule": "A rule"}
_TAG = re.compile(r"<[^>]+>")


@dataclass
class Draft:
    """A question's blocks below its heading, and what is needed to read them."""

    id: str
    blocks: list[Block]
    inline: Callable[[str], str]
    line: int
    fixed: bool = False
    before: list[Block] = field(default_factory=list)


@dataclass
class Entry:
    """One list item: its words, and the quote or quotes that give its reason."""

    block: Block
    text: str
    reasons: list[Block]


def entries(blocks: Sequence[Block], ordered: bool, report: Report) -> list[Entry]:
    """The items of one list; reasons indented by two, which Markdown puts beside a numbered list, come home."""
    found: list[Entry] = []
    for block in blocks:
        if block.kind == ("numbers" if ordered else "bullets"):
            found += [_entry(item, report) for item in block.children]
        elif block.kind == "quote" and ordered and found and _indented(block, report):
            found[-1].reasons.append(block)
        elif block.kind != "html":
            report.add("TEXT_AFTER_OPTIONS", block.line)
    return found


def _indented(block: Block, report: Report) -> bool:
    line = report.lines[block.line - 1] if block.line <= len(report.lines) else " "
    return line[:1] in (" ", "\t")


def _entry(item: Block, report: Report) -> Entry:
    words = [child for child in item.children if child.kind == "paragraph"]
    reasons = [child for child in item.children if child.kind == "quote"]
    for child in item.children:
        if child not in words[:1] and child not in reasons:
            report.add(
                "TEXT_AFTER_OPTIONS", child.line, "This text under an option is neither the option nor its reason."
            )
    return Entry(item, words[0].text if words else "", reasons)


def texts_of(blocks: Sequence[Block], report: Report) -> list[str]:
    """The paragraphs in these blocks; what is no running text is named, for it is not shown there."""
    texts = []
    for block in (inner for top in blocks for inner in top.walk()):
        if block.kind == "paragraph":
            texts.append(block.text)
        elif block.kind in _NOT_RUNNING:
            report.add("NOT_SHOWN", block.line, f"{_NOT_RUNNING[block.kind]} can’t be shown here.")
    return texts


def reason_of(entry: Entry, draft: Draft, report: Report, needed: bool) -> str:
    """The reason as HTML; says when it is too short to help or lays blame."""
    texts = texts_of(entry.reasons, report)
    check_reason(" ".join(texts), entry.reasons[0].line if entry.reasons else entry.block.line, report, needed)
    return "<br>".join(draft.inline(text) for text in texts)


def check_reason(text: str, line: int, report: Report, needed: bool) -> None:
    """Every reason has four words at least, and none of blame outside quoted speech."""
    count = len(text.split())
    if (count or needed) and count < LEAST_WORDS:
        report.add(
            "SHORT_REASON", line, "This reason has fewer than four words." if count else "The reason is missing."
        )
    blame = _BLAME.search(_SPEECH.sub("“”", text))
    if blame:
        report.add(
            "BLAMING_WORDS",
            line,
            f"“{blame.group().strip()}” blames the learner.",
            column=report.column_of(line, blame.group().strip()),
        )


def mostly_square(bullets: Block) -> bool:
    """Return whether most of the marks in a list are square, `[ ]`: several of its options can be chosen."""
    marks = [mark for _item, mark in _marks(bullets) if mark]
    return sum(mark.group(1) == "[" for mark in marks) * 2 > len(marks)


def check_marks(bullets: Block, square: bool, report: Report) -> None:
    """Report each item of a list that does not have a whole mark of the kind that the others have."""
    for item, mark in _marks(bullets):
        if mark is None or (mark.group(1) == "[") is not square or not mark.group(2):
            report.add("BAD_MARK", item.line)


def _marks(bullets: Block) -> list[tuple[Block, re.Match[str] | None]]:
    return [(item, MARK.match(item.children[0].text) if item.children else None) for item in bullets.children]


def options_of(found: Sequence[Entry], draft: Draft, report: Report) -> tuple[Option, ...]:
    """Marked options; positions count from "1"."""
    options = []
    for number, entry in enumerate(found, start=1):
        mark = MARK.match(entry.text)
        words = entry.text[mark.end() :] if mark else entry.text
        right = bool(mark and mark.group(2) in ("x", "X"))
        text = draft.inline(words)
        options.append(Option(str(number), text, reason_of(entry, draft, report, needed=True), right))
        if not says_something(text):
            report.add("BAD_MARK", entry.block.line, "This option has no text.")
    return tuple(options)


def lint_texts(question: Question, texts: Sequence[str], report: Report) -> None:
    """No two choices read the same, and none leans on the others."""
    plain = [_TAG.sub("", text).strip().casefold() for text in texts]
    if len(set(plain)) < len(plain):
        report.add("SAME_TEXT", question.line)
    if any(LEANING.search(text) for text in plain):
        report.add("ALL_OF_THE_ABOVE", question.line)


def bare(html: str) -> str:
    """The words of a phrase without its tags."""
    return _TAG.sub("", html)
