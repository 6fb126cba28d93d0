"""Characters that word processors leave behind: hidden spaces, their own bullets, and curly quotes in front matter."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lms.content.model.report import Report
from lms.content.reader.context import ParsedFile

# Spaces that Markdown does not count as spaces, and characters without a width.
HIDDEN = "\u00a0\u00ad\u1680\u180e\u2000-\u200f\u2028\u2029\u202f\u205f\u2060-\u2064\u3000\ufeff"
_MARK = r"(?:[-+*]|\d{1,9}[.)]|#{1,6})"
_CHOICE = r"[(\[][ xX]?[)\]]"
_HIDDEN = re.compile(
    rf"^[ \t>]*(?:{_MARK}|>)[ \t]*(?P<after>[{HIDDEN}])"
    rf"|^[ \t>]*(?P<before>[{HIDDEN}])[{HIDDEN} \t]*(?:{_MARK}[ \t{HIDDEN}]|>|\||`{{3}}|{_CHOICE}|\[!)"
    rf"|[(\[][ xX]*(?P<inside>[{HIDDEN}])[ xX{HIDDEN}]*[)\]]"
    rf"|^[ \t>]*[-+*][ \t]+{_CHOICE}(?P<choice>[{HIDDEN}])"
    rf"|\}}[ \t]*(?P<braces>[{HIDDEN}])[{HIDDEN} \t]*$"
    rf"|^(?=[^|]*\|)[ \t>|:-]*(?P<table>[{HIDDEN}])[ \t|:{HIDDEN}-]*-[ \t|:{HIDDEN}-]*$"
    rf"|^-{{3,}}(?P<rule>[{HIDDEN}])[{HIDDEN} \t]*$"
)
_FRONT_HIDDEN = re.compile(
    rf"^[ \t]*(?:(?P<before>[{HIDDEN}])[{HIDDEN} \t]*[-\w]|-[ \t]*(?P<after>[{HIDDEN}])"
    rf"|(?:- )?[{{]?\w+[ \t]*(?P<key>[{HIDDEN}])[{HIDDEN} \t]*:|(?:- )?[{{]?\w+:[ \t]*(?P<value>[{HIDDEN}]))"
)
_BULLET = re.compile(r"^[ \t>]*(?P<bullet>[•◦▪▫●○■□‣⁃∙·\uf0a7\uf0a8\uf0b7\uf076\uf0d8]|o(?=\t)|§(?=\t))\s*(?=\S)")
# Where a word processor or an old file breaks a line, and Markdown doesn't.
_LINE_BREAK = "\x0b\x0c\x85\u2028\u2029"
# What no page can hold, and the two characters that turn the reading direction of all that follows, the page included.
CONTROL = "\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202d\u202e\ufffe\uffff"
_UNSEEN = re.compile(f"(?P<line_break>[{_LINE_BREAK}])|[{CONTROL}]")
# How a list begins in a word processor: a sign and a space, one character and a tab, or a number without its space.
_LISTED = re.compile(
    r"^[ \t>]*(?:(?P<sign>[–—−‐‑―－➢➤➔→⇒►▶▸❖◆◇❑❒☐☑☒✓✔✗✘★☆※])\s|(?P<tab>[^\W\d_])\t"
    r"|(?P<number>\(?\d{1,3}(?:[)）．、]|\.(?=[^\W\d_]))|[①-⑳])|\(?[a-zA-Z](?P<letter>[)]|\.(?=[ \t])))\s*(?=\S)"
)
_GIVE_A_MARK = (
    "Start it with - ( ) or with a number, a full stop and a space; indent it if it belongs to the line above."
)
_PROPER_LIST = re.compile(r"^[ \t>]*(?:[-+*]|[0-9]{1,9}[.)])(?:[ \t]|$)")
_DASHES = re.compile(r"^[ \t>]*(?=[^|]*\|)(?=[^–—]*[–—])[-–—|: \t]+$")
_OPENED = re.compile(r"(?:^[ \t]*|[:,\[{-][ \t]+|[\[{])(?P<quote>[“”„‟‘‚])")
_WHOLE = re.compile(r"(?:[:,\[{-][ \t]+|[\[{])(?:[“”„‟][^“”„‟]*[“”]|[‘‚][^‘‚]*[’‘])[ \t]*(?=$|[,\]}])")
_CURLY_BRACES = re.compile(r"\{[^{}]*=\s*(?P<quote>[“”„‟‘’])[^{}]*\}[ \t]*$")


def look_for_pasted(parsed: ParsedFile) -> None:
    """Reports each line where such a character hides a mark, so that an option or a heading would be lost."""
    report = parsed.report
    front = _front_matter_ends(report.lines)
    code = {
        number
        for top in parsed.page.blocks
        for block in top.walk()
        if block.kind == "code"
        for number in range(block.line, block.end + 1)
    }
    for number, line in enumerate(report.lines, start=1):
        if unseen := _UNSEEN.search(line):
            _say_unseen(unseen, number, report)
        if number <= front:
            _look_at_front(number, line, report)
        elif number not in code:
            _look_at_text(number, line, report)
    for number in range(front + 1, len(report.lines)):
        if number not in code and number + 1 not in code:
            _look_at_run(number, report)
    _look_at_options(parsed)


def _look_at_run(number: int, report: Report) -> None:
    """Names the first of two lines that look like a list and would run together in one paragraph."""
    before, first, second = ([*report.lines[:1], *report.lines][number + step] for step in (-1, 0, 1))
    kind, following = _kind_of_list(first), _kind_of_list(second)
    if kind and kind == following and _kind_of_list(before) != kind:
        words = first.strip()[:20]
        report.add("PASTED_BULLET", number, f"“{words}” and the line below it would become one paragraph.")


def _kind_of_list(line: str) -> str:
    """What a line begins with as in a word processor's list: its sign, or a word for its numbers; else nothing."""
    found = _LISTED.match(line)
    if not found or _PROPER_LIST.match(line):
        return ""
    return found["sign"] or found["tab"] or (found.lastgroup or "")


def _look_at_options(parsed: ParsedFile) -> None:
    """Names each line among options, steps or replies that Markdown takes into the one above, since it has no mark."""
    prose = {id(block) for block in parsed.prose}
    after_options = False
    for block in parsed.page.blocks:
        lists = block.kind in ("bullets", "numbers")
        after_options = id(block) not in prose and (lists or (after_options and block.kind == "quote"))
        for number in range(block.line, min(block.end, len(parsed.report.lines)) + 1) if after_options else ():
            line = parsed.report.lines[number - 1].rstrip()
            if line and not line.startswith(("  ", " \t", "\t", ">", " >")) and not _PROPER_LIST.match(line):
                words = line.strip()[:40]
                message = f"“{words}” has no mark, so it would be read as part of the line above."
                parsed.report.add("TEXT_AFTER_OPTIONS", number, message, fix=_GIVE_A_MARK)


def _front_matter_ends(lines: Sequence[str]) -> int:
    """The number of the line that closes the front matter; 0 where there is none."""

    if not lines or lines[0].rstrip() != "---":
        return 0
    return next((number for number, line in enumerate(lines[1:], start=2) if line.rstrip() == "---"), 0)


def _look_at_front(number: int, line: str, report: Report) -> None:
    hidden = _FRONT_HIDDEN.search(line)
    if hidden:
        _say_hidden(hidden, number, report)
    opened = _OPENED.search(line)
    if opened and (_WHOLE.search(line) or _has_an_error(number, report)):
        report.add("CURLY_QUOTES", number, column=opened.start("quote") + 1)


def _has_an_error(number: int, report: Report) -> bool:
    """True when this line could not be read, which curly quotes round its text explain."""
    return any(
        finding.path == report.path and finding.line == number and finding.severity == "error"
        for finding in report.findings
    )


def _look_at_text(number: int, line: str, report: Report) -> None:
    if line.isascii() and "\t" not in line:
        return
    hidden = _HIDDEN.search(line)
    if hidden:
        _say_hidden(hidden, number, report)
    bullet = _BULLET.search(line)
    if bullet:
        sign = bullet["bullet"]
        report.add("PASTED_BULLET", number, f"“{sign}” doesn’t start a list here.", column=bullet.start("bullet") + 1)
    if _DASHES.search(line):
        report.add("PASTED_BULLET", number, "Long dashes don’t make a table.", fix="Write ---, with hyphens.")
    curly = _CURLY_BRACES.search(line)
    if curly:
        report.add("CURLY_QUOTES", number, column=curly.start("quote") + 1)


def _say_unseen(found: re.Match[str], number: int, report: Report) -> None:
    what = f"(U+{ord(found.group()):04X})"
    if found["line_break"]:
        message = f"There is a hidden line break here {what}, so what follows stays on this line."
        fix = "Delete it, and press Enter instead."
    else:
        message, fix = f"There is a hidden control character here {what}.", "Delete it."
    report.add("HIDDEN_SPACE", number, message, fix=fix, column=found.start() + 1)


def _say_hidden(found: re.Match[str], number: int, report: Report) -> None:
    name = found.lastgroup or ""
    message = f"A hidden space (U+{ord(found[name]):04X}) means that we can’t read this line."
    report.add("HIDDEN_SPACE", number, message, column=found.start(name) + 1)
