"""Characters that word processors leave behind: hidden spaces, their own bullets, and curly quotes in front matter."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lms.content.pages import Sheet
from lms.content.report import Report

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
_DASHES = re.compile(r"^[ \t>]*(?=[^|]*\|)(?=[^–—]*[–—])[-–—|: \t]+$")
_OPENED = re.compile(r"(?:^[ \t]*|[:,\[{-][ \t]+|[\[{])(?P<quote>[“”„‟‘‚])")
_WHOLE = re.compile(r"(?:[:,\[{-][ \t]+|[\[{])(?:[“”„‟][^“”„‟]*[“”]|[‘‚][^‘‚]*[’‘])[ \t]*(?=$|[,\]}])")
_CURLY_BRACES = re.compile(r"\{[^{}]*=\s*(?P<quote>[“”„‟‘’])[^{}]*\}[ \t]*$")


def look_for_pasted(sheet: Sheet) -> None:
    """Names each line in which such a character hides a mark, so that an option, a step or a heading would be lost."""
    report = sheet.report
    front = _front_matter_ends(report.lines)
    code = {
        number
        for top in sheet.page.blocks
        for block in top.walk()
        if block.kind == "code"
        for number in range(block.line, block.end + 1)
    }
    for number, line in enumerate(report.lines, start=1):
        if number <= front:
            _look_at_front(number, line, report)
        elif number not in code:
            _look_at_text(number, line, report)


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
    hidden = _HIDDEN.search(line)
    if hidden:
        _say_hidden(hidden, number, report)
    bullet = _BULLET.search(line)
    if bullet:
        sign = bullet["bullet"]
        report.add("PASTED_BULLET", number, f"“{sign}” begins no list here.", column=bullet.start("bullet") + 1)
    if _DASHES.search(line):
        report.add("PASTED_BULLET", number, "Long dashes don’t make a table.", mend="Write ---, with hyphens.")
    curly = _CURLY_BRACES.search(line)
    if curly:
        report.add("CURLY_QUOTES", number, column=curly.start("quote") + 1)


def _say_hidden(found: re.Match[str], number: int, report: Report) -> None:
    name = found.lastgroup or ""
    message = f"A hidden space (U+{ord(found[name]):04X}) keeps this line from being read."
    report.add("HIDDEN_SPACE", number, message, column=found.start(name) + 1)
