"""Finds telephone numbers in a text, and leaves out dates, ranges, counts, ISBNs and the like."""

from __future__ import annotations

import re
from collections.abc import Iterator

_FIGURE = re.compile(r"\d")
_SHORT = r"911|999|112|988|000|116[ \u00a0\u2009\u202f]?123|9-8-8|13[ \u00a0]11[ \u00a0]14"
_LONG = r"\+?\(?\d[\d ()./\u00a0\u2009\u202f‐‑–-]{5,}\d"
_GAP = "[ \\u00a0\\u2009\\u202f]"
_NUMBER = re.compile(
    rf"(?<![\w./-])(?<![\d)][,–:])(?:(?<!\d{_GAP})(?P<short>{_SHORT})(?!{_GAP}\d{{3}}(?!\d))|(?P<long>{_LONG}))"
    r"(?![\w-]|[.,:–]\d)"
)
# Words of calling, in the languages that courses are written in first; a word of these makes a number one to ring.
_CALL = re.compile(
    r"\b(?:call|ring|dial|phone|telephone|tel|text|hotline|helpline|lifeline|crisis|emergency|ruf|rufen|anrufen|wähl\w*|notruf"
    r"|telefon\w*|appel\w*|téléphon\w*|compose[rz]?|llam\w*|marc(?:a|ar|ad|ue)|ligu?e?(?:ar)?|bel(?:len)?|chiam\w*)\b",
    re.IGNORECASE,
)
# Words after which a number names a place in a book or a building.
_PLACE = re.compile(
    r"(?:\b(?:pages?|pp?|rooms?|wards?|beds?|chapters?|sections?|articles?|art|paragraphs?|figures?|tables?|lines?|volumes?"
    r"|vol|nos?|flight|bus|seite|zimmer|kapitel|artikel|chambre|página|sala)\b\.?|§+|№)\s*$",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"\b(?:ISBN|ISSN|ORCID|DOI|PMID|PMCID|NCT|RRID|arXiv)(?:-1[03])?(?:\s?iD)?[:\s]*(?:https?://\S*/)?$", re.IGNORECASE
)
# What stands before a number of a law, a grant and the like, and before a result of a study.
_FILED = re.compile(
    r"\b(?:grant|award|case|file|ref(?:erence)?|protocol|licen[cs]e|registration|charity|company|patent|law|act"
    r"|regulation(?: \(\w+\))?|directive|order|trial|drs|route|line)\b\.?(?:\s(?:number|no|nr|id)\b)?[.:]?\s*$",
    re.IGNORECASE,
)
_RESULT = re.compile(r"(?:[=≥≤<>±≈~€$£¥₹]|\b(?:between|than|at least|at most))\s*$", re.IGNORECASE)
_SHARE = re.compile(r"\s?%|\s\(\d{1,3}(?:[.,]\d+)?\s?%\)")
# A number of three to six figures right after a word of calling, such as that of a line of one country.
_DIRECT = re.compile(
    r"\b(?:call|ring|dial|phone|text(?: [A-Z]+ to)?)(?::| on| the number)? (?P<number>\d(?:[ \u00a0\u202f-]?\d){2,5})"
    r"(?![\w-]|[.,:–]\d|[ \u00a0\u2009\u202f]\d|\s(?:\w+s|people)\b)",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"[\s\u00a0]+(?!(?:or|and|oder|und|ou|et|y|o)\s+\d)[^\W\d_]", re.IGNORECASE)
_OUT_OF = re.compile(r"[\s\u00a0]*(?:of|to|out of|von|bis|sur|de|[-–/%×x])[\s\u00a0]*\d", re.IGNORECASE)
# Numbers in a row, such as “112, 113 and 114”; three that count up by one are no numbers to ring.
_LIST = re.compile(r"\b\d{1,4}(?:(?:, ?|,? (?:and|or|und|oder|et|ou|y|e|o) )\d{1,4})+\b", re.IGNORECASE)
_BEFORE, _AFTER = 32, 24

_YEAR = r"(?:1[5-9]|20)\d\d"
_GROUPED = r"\d{1,3}(?:[ \u00a0\u2009\u202f.]\d{3})+"
_DATE = (
    rf"(?:\d{{1,2}}([./-]) ?\d{{1,2}}\1 ?(?:{_YEAR}|\d\d)|{_YEAR}([./-])\d{{1,2}}\2\d{{1,2}}"
    rf"|\d{{1,2}} \d{{1,2}} {_YEAR})"
)
_TO = r" ?[-–/‐‑] ?"
_OTHER = re.compile(
    rf"{_YEAR}(?:[-–/. ]+(?:{_YEAR}|\d\d))*(?:[-/.]\d\d)?"
    rf"|{_GROUPED}(?:{_TO}{_GROUPED})?"
    r"|(?!0\d(?:\.\d\d){3})\d+(?:\.\d+)+(?:/\S*)?"
    rf"|\(?{_YEAR}\)?[ .]+[1-9]\d{{0,3}}"
    r"|[1-9]\d{0,3} ?\(\d{1,3}\)[ .]*\d+(?:[-–]\d+)?"
    r"|\d{4}-\d{4}-\d{4}-\d{4}"
    # The number of a law, hours of the day, the place of a paper in its journal, and steps that are counted.
    r"|[1-9]\d{0,3}/\d{1,5}"
    rf"|[0-2]?\d[.:][0-5]\d{_TO}[0-2]?\d[.:][0-5]\d"
    rf"|\(?{_YEAR}\)?[ .,;]+\d{{1,4}}\(\d{{1,3}}"
    rf"|\d{{1,4}} ?\({_YEAR}\)[ .,:]*\d+(?:{_TO}\d+)?"
    r"|\d(?:[ ,–-] ?\d){3,}"
)
# Also how nine figures to ring are written; a word of calling decides.
_GROUPED_LONG = re.compile(r"\d{3}(?: \d{3}){2,}")
_A_DATE = re.compile(_DATE)
_RANGE = re.compile(r"([1-9]\d*)" + _TO + r"([1-9]\d*)")


def find_phones(text: str) -> Iterator[str]:
    """Each telephone number in a text, as it is written."""
    if not _FIGURE.search(text):
        return
    by_place = {found.start("number"): found["number"] for found in _DIRECT.finditer(text)}
    lists = list(_LIST.finditer(text))
    for found in _NUMBER.finditer(text):
        words = found.group().strip()
        before, after = text[max(0, found.start() - _BEFORE) : found.start()], text[found.end() :][:_AFTER]
        if _NAMED.search(before) or _PLACE.search(before) or _FILED.search(before):
            continue
        called = bool(_CALL.search(before) or _CALL.search(after))
        if found["short"]:
            row = next((row for row in lists if row.start() <= found.start() < row.end()), None)
            counted = _COUNTED.match(after) or _OUT_OF.match(after) or _SHARE.match(after) or _RESULT.search(before)
            if called or not (counted or (row and _counts_or_places(row, text))):
                by_place.setdefault(found.start(), words)
        elif not _is_other(words, before, after, called):
            by_place[found.start()] = words
    yield from (by_place[place] for place in sorted(by_place))


def _counts_or_places(row: re.Match[str], text: str) -> bool:
    """True for numbers in a row that count up one by one, or that name places in a book or a building."""
    numbers = [int(number) for number in re.findall(r"\d+", row.group())]
    counts_up = len(numbers) > 2 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return counts_up or bool(_PLACE.search(text[max(0, row.start() - _BEFORE) : row.start()]))


def _is_other(words: str, before: str, after: str, called: bool) -> bool:
    """True for a date, a range, a count, the number of a book and the like."""
    if words.startswith("+") or (called and _GROUPED_LONG.fullmatch(words)):
        return False
    if not called and _RESULT.search(before):
        return True
    if _is_isbn(words) or _dates(words) or _OTHER.fullmatch(words):
        return True
    found = _RANGE.fullmatch(words)
    if (
        found
        and not called
        and int(found[1]) < int(found[2])
        and (len(found[1]) == len(found[2]) or len(found[1]) > 3 or "–" in words)
    ):
        return True
    plain = words.isdigit() and not words.startswith("0")
    return plain and not called and bool(_COUNTED.match(after))


def _dates(words: str) -> bool:
    """True for a date, or for two with a dash between."""
    first = _A_DATE.match(words)
    if first is None:
        return False
    rest = re.sub(rf"^{_TO}", "", words[first.end() :])
    return not rest or bool(_A_DATE.fullmatch(rest))


def _is_isbn(words: str) -> bool:
    """True when the figures add up as those of a book's number do (ISO 2108)."""
    figures = [int(figure) for figure in re.sub(r"\D", "", words)]
    if not re.fullmatch(r"[\d -]+", words):
        return False
    if len(figures) == 13 and figures[:2] == [9, 7]:
        return sum(figure * (3 if place % 2 else 1) for place, figure in enumerate(figures)) % 10 == 0
    return False
