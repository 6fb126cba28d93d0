"""Checks of one page: headings, links, pictures, HTML, telephone numbers and claims, each at its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from posixpath import dirname

from markdown_it.token import Token

from lms.content.lint.links import where
from lms.content.lint.phone_numbers import find_phones
from lms.content.markdown.blocks import Block, text_of
from lms.content.markdown.citations import CITATION
from lms.content.markdown.prose import PLACEHOLDER, PLACEHOLDERS, spellings
from lms.content.markdown.quotes import ALERT, ALERTS, PRIVATE, is_speech
from lms.content.model.report import Report, did_you_mean
from lms.content.model.safe import AUTHORS_TAGS
from lms.content.model.structure import is_picture
from lms.content.questions.bank import check_braces
from lms.content.reader.context import ParseContext, ParsedFile
from lms.content.reader.reading import split

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)([^<>]*)>?")
_BARE_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+")
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|«[^»]*»")
_CLAIM = re.compile(
    r"\b(?:1[89]|20)\d\d\b|\d\s?%|\b\d+(?:[.,]\d+)?\s?(?:per ?cent|percent)\b|(?<![\d.,:])\d+\.\d+(?![\d.])"
    r"|\b(?:\d{2,}|\w+teen|\w+ty|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve) (?:\w+ )?"
    r"(?:studies|trials|surveys|reviews|countries|participants)\b"
    r"|\b(?:a|an|one|the|this|that|recent|new|large|randomi[sz]ed|controlled|\d{4}) (?:\w+ )?"
    r"(?:trial|meta-analysis|systematic review)\b"
    r"|\b(?:studies|trials|surveys|researchers|meta-analyses)\b|\b(?:one|a|this|that|each) (?:\w+ )?(?:study|survey)\b"
    r"|\bresearch (?:has|shows|finds|found|suggests|says)\b",
    re.IGNORECASE,
)
# What every claim has one of, so that few paragraphs are looked at closely.
_CLAIM_HINT = re.compile(r"\d|stud|trial|survey|review|countries|participant|meta-|research", re.IGNORECASE)
_SAYS_NOTHING = re.compile(
    r"(?:click |tap |see |read )?(?:here|this|more|link|this link|this page|read more|more here)[.!:]?", re.IGNORECASE
)
_TELLS_NOT_TO = re.compile(
    r"\b(?:not|never|no|nobody|nothing|without|avoid|stop|leave out|rather than|instead of|cannot)\b|n[’']t\b",
    re.IGNORECASE,
)
_COLOUR = "red|green|blue|yellow|orange|purple|pink|grey"
_COLOURS = tuple(_COLOUR.split("|"))
_COLOUR_ONLY = re.compile(
    rf"\b(?:shown|marked|printed|written|highlighted|coloured|drawn) in (?:{_COLOUR})\b"
    rf"|\b(?:the|all|each|every) (?:{_COLOUR}) (?:ones?|words?|text|lines?|boxes|box|rows?|cells?|parts?|items?)\b",
    re.IGNORECASE,
)


def proofread(context: ParseContext, parsed: ParsedFile) -> None:
    """Reports everything that can be checked on one page by itself."""
    report = parsed.report
    in_english = context.course.get("language", "en").partition("-")[0] == "en"
    _headings(parsed)
    for block in (inner for top in parsed.page.blocks for inner in top.walk()):
        if block.kind == "html":
            _html(block.text, block, report)
        elif (
            block.kind == "table"
            and block.children
            and not any(cell.text.strip() for cell in block.children[0].children)
        ):
            report.add("NO_TABLE_HEADER", block.line)
        elif block.inline:
            _inline(context, parsed, block)
    for block in parsed.prose:
        if parsed.role not in ("check", "conversation"):
            _callout(block, report, in_english)
        if parsed.role not in ("check", "conversation", "facilitator"):
            _claims(block, report)
    if parsed.differs:
        report.add(
            "READS_DIFFERENTLY",
            parsed.prose[0].line if parsed.prose else 1,
            f"A Git host shows the page differently ({parsed.differs}).",
        )


def _headings(parsed: ParsedFile) -> None:
    """The title is the page's first heading, so the text begins at the second level and goes down one at a time."""
    level = 1
    for block in parsed.page.blocks:
        if block.kind != "heading":
            continue
        check_braces(block, parsed.report)
        if block.level == 1:
            parsed.report.add(
                "HEADING_JUMP",
                block.line,
                "The title is the only heading with a single #. Headings in the text start with ##.",
            )
        elif block.level > level + 1:
            parsed.report.add(
                "HEADING_JUMP", block.line, f"A heading of level {block.level} follows one of level {level}."
            )
        level = max(block.level, 1) if block.level > 1 else level


def _inline(context: ParseContext, parsed: ParsedFile, block: Block) -> None:
    report = parsed.report
    for token in block.inline:
        if token.type == "link_open":
            _link_words(block, token, report)
        elif token.type == "image":
            _picture(context, parsed, block, str(token.attrGet("src") or ""), token.content)
        elif token.type == "html_inline":
            _html(token.content, block, report)
        elif token.type == "text":
            _citations(context, token.content, block, report)
            bare = _BARE_ADDRESS.search(token.content) if not _inside_link(block, token) else None
            if bare:
                report.add(
                    "READS_DIFFERENTLY",
                    *_place(block, bare.group(), report),
                    fix=f"Write <{bare.group()}>, or a link with text.",
                )
    words = text_of(block.inline)
    _colours(words, block, report)
    _facts(words, block, report)


def _colours(words: str, block: Block, report: Report) -> None:
    """Reports what is referred to by its colour alone; the regex runs only on texts that name a colour."""
    lowered = words.lower()
    if not any(colour in lowered for colour in _COLOURS):
        return
    for found in _COLOUR_ONLY.finditer(words):
        line, column = where(block, found.group(), report)
        report.add("COLOUR_ONLY", line, f"“{found.group()}” refers to something by its colour alone.", column=column)


def _link_words(block: Block, opened: Token, report: Report) -> None:
    """The words between a link's begin and its end say where it leads."""
    after = block.inline[block.inline.index(opened) + 1 :]
    words = "".join(token.content for token in takewhile(lambda token: token.type != "link_close", after)).strip()
    if _SAYS_NOTHING.fullmatch(words):
        line, column = where(block, words, report)
        report.add("LINK_SAYS_NOTHING", line, f"The link text is only “{words}”.", column=column)


def _facts(words: str, block: Block, report: Report) -> None:
    """Reports unknown programme facts in double braces, and telephone numbers."""
    for found in PLACEHOLDER.finditer(block.text):
        if found.group(1) not in PLACEHOLDERS:
            line, column = where(block, found.group(), report)
            report.add(
                "UNKNOWN_PLACEHOLDER",
                line,
                f"“{found.group()}” isn’t a programme fact.{did_you_mean(found.group(1), PLACEHOLDERS)}",
                column=column,
            )
    for number in find_phones(words):
        line, column = where(block, number, report)
        report.add("PHONE_NUMBER", line, f"“{number}” looks like a telephone number.", column=column)


def _inside_link(block: Block, wanted: object) -> bool:
    depth = 0
    for token in block.inline:
        depth += (token.type == "link_open") - (token.type == "link_close")
        if token is wanted:
            return depth > 0
    return False


def _picture(context: ParseContext, parsed: ParsedFile, block: Block, source: str, words: str) -> None:
    line, column = where(block, source, parsed.report)
    why = _why_not_shown(context, parsed, block, source)
    if why:
        parsed.report.add("BAD_IMAGE", line, f"We can’t show the picture “{source}”: {why}.", column=column)
    if not words.strip():
        parsed.report.add("NO_ALT", line, column=column)


def _why_not_shown(context: ParseContext, parsed: ParsedFile, block: Block, source: str) -> str:
    """Why a picture can't be shown at this place; empty when it can."""
    if parsed.role in ("check", "conversation", "glossary"):
        return "questions, conversations and the glossary can’t have pictures"
    folder = dirname(parsed.report.path)
    path = context.renderer.picture_path(source, folder)
    if path is None:
        reasons = [context.left_out[path] for path in spellings(source, folder) if path in context.left_out]
        return reasons[0].rstrip(".") if reasons else "it isn’t in the course’s media folder"
    return "" if is_picture(path) else "it’s a recording or a transcript, not a picture"


def _html(text: str, block: Block, report: Report) -> None:
    for found in _TAG.finditer(re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)):
        if found.group(2).lower() not in AUTHORS_TAGS or found.group(3).strip(" /"):
            line, column = where(block, found.group(), report)
            report.add("RAW_HTML", line, f"“{found.group()[:40]}” would be removed.", column=column)


def _citations(context: ParseContext, text: str, block: Block, report: Report) -> None:
    for found in CITATION.finditer(text):
        id = found.group(1)
        line, column = where(block, found.group(), report)
        if id == "unchecked":
            report.add("UNCHECKED_FACT", line, column=column)
        elif (context.renderer.sources or context.objectives) and id not in context.renderer.sources:
            report.add(
                "UNKNOWN_SOURCE",
                line,
                f"The source “{id}” isn’t in course.md.{did_you_mean(id, context.renderer.sources)}",
                column=column,
            )


def _callout(block: Block, report: Report, in_english: bool) -> None:
    if block.kind != "quote" or not block.children:
        return
    words = block.children[0].text
    looks = re.match(r"\[!\s*([^\]]*)\]", words)
    alert = ALERT.match(words)
    if looks and (alert is None or alert.group(1).upper() not in ALERTS):
        report.add(
            "UNKNOWN_ALERT",
            block.line,
            f"“{looks.group()}” isn’t a callout.{did_you_mean(looks.group(1).upper(), ALERTS)}",
        )
    elif alert:
        _fragment(alert, block, report, in_english)
    elif not PRIVATE.match(words) and re.match(r"[*_]*for you,? privately(?![^\W_])", words, re.IGNORECASE):
        report.add(
            "UNKNOWN_ALERT",
            block.line,
            "This is almost a private prompt.",
            fix="Write > **For you, privately** {#pfa-p03} on a line of its own.",
        )


def _fragment(alert: re.Match[str], callout: Block, report: Report, in_english: bool) -> None:
    """A callout reads the same under whatever heading a program gives it: a Git host says “Caution” over CAUTION."""
    texts = [alert.string[alert.end() :], *(child.text for child in callout.children[1:2] if child.kind == "paragraph")]
    words = next((text for text in texts if text.strip()), "").strip(' \n*_“"')
    first = next(iter(split(words)), "")
    if words[:1].islower():
        message = f"The callout starts in the middle of a sentence: “{first[:60]}”"
    elif in_english and first and alert.group(1).upper() == "CAUTION" and not _TELLS_NOT_TO.search(first):
        message = f"Under “Caution”, “{first[:60]}” reads as something to do."
    else:
        return
    report.add("CALLOUT_FRAGMENT", callout.line, message)


def _claims(block: Block, report: Report) -> None:
    """A paragraph, list or table that holds a figure, a year or a study says where it is from."""
    if block.kind == "quote" and is_speech(block):
        return
    for part in _parts(block):
        tokens = [token for inner in part.walk() for token in inner.inline]
        cited = any(
            token.type == "footnote_ref" or (token.type == "text" and CITATION.search(token.content))
            for token in tokens
        )
        text = " ".join(text_of(inner.inline) for inner in part.walk() if inner.inline)
        claim = None if cited or not _CLAIM_HINT.search(text) else _CLAIM.search(_QUOTED.sub("“”", text))
        if claim:
            line, column = where(part, claim.group(), report)
            report.add("CLAIM_WITHOUT_SOURCE", line, f"“{claim.group()}” has no source.", column=column)


def _parts(block: Block) -> Iterator[Block]:
    if block.kind in ("paragraph", "bullets", "numbers", "table"):
        yield block
    elif block.kind == "quote":
        for child in block.children:
            yield from _parts(child)


def _place(block: Block, words: str, report: Report) -> tuple[int, str]:
    line, _ = where(block, words, report)
    return line, f"“{words}” is a link on a Git host, but plain text here."
