"""Read a pasted list of people to invite: email addresses with or without names, in the forms that people have them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lms.foundation.text.names import tidy_name

_GROUPS, _CELLS = ";\t\uff1b\u061b", ",\uff0c\u060c\u3001"
_ATS = "@\uff20\ufe6b"
_CLOSING = {'"': '"', "\u201c": "\u201d", "\u201e": "\u201c", "<": ">"}
_QUOTES = "\"'\u201c\u201d\u201e\u2018\u2019<>[]"
# What a list has in front of a line, and what a mail program has in front of a list.
_MARKER = re.compile(r"^\s*(?:[-*\u2022\u2013\u00b7]|\d{1,3}[.)])\s+")
_HEADER = re.compile(r"^\s*(?:to|cc|bcc|from)\s*:\s*", re.IGNORECASE)
_SUFFIXES = {"jr", "sr", "phd"}


@dataclass(frozen=True)
class Entry:
    """One person of a pasted list: where they stand, what was read there, their name, and what may be their address."""

    line: int
    seen: str
    name: str
    address: str


@dataclass(frozen=True)
class _Item:
    """A cell of a line: a name, an address or both."""

    seen: str
    name: str
    address: str = ""

    @property
    def is_name(self) -> bool:
        return not self.address


def read_pasted(text: str) -> list[Entry]:
    """Return the people of a pasted list in its order; an entry without an address is text with no address beside it.

    They stand one on a line, or apart by commas, semicolons or tabs. A name stands before or after its address.
    """
    entries = []
    for number, line in enumerate(text.splitlines(), 1):
        plain = _HEADER.sub("", _MARKER.sub("", line))
        groups = [_merge(_items(group)) for group in _split(plain, _GROUPS)]
        for item in _merge([item for group in groups for item in group]):
            entries.append(Entry(number, item.seen, item.name, item.address))
    return entries


def _split(text: str, separators: str) -> list[str]:
    """Split at separators that stand neither in quotes nor in angle brackets; a quote that never closes is text."""
    parts, start, closing = [], 0, ""
    for place, sign in enumerate(text):
        if closing:
            closing = "" if sign == closing else closing
        elif sign in _CLOSING and text.find(_CLOSING[sign], place + 1) >= 0:
            closing = _CLOSING[sign]
        elif sign in separators:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]


def _items(group: str) -> list[_Item]:
    return [item for cell in _split(group, _CELLS) for item in _read_cell(" ".join(cell.split()))]


def _read_cell(cell: str) -> list[_Item]:
    """Return what a cell holds: one name, or addresses, each with the words in front of it."""
    bracketed = re.fullmatch(r"([^<]*)<([^<>]*)>([^<>]*)", cell)
    if bracketed and _has_at(bracketed[2]):
        before, address, after = bracketed.groups()
        return [_Item(cell, clean_name(f"{before} {after}"), _bare(address))]
    words = cell.split()
    if not any(map(_has_at, words)):
        return [_Item(cell, clean_name(cell))] if any(map(str.isalnum, cell)) else []
    items, waiting = [], list[str]()
    for word in words:
        if _has_at(word):
            items.append(_Item(" ".join([*waiting, word]), clean_name(" ".join(waiting)), _bare(word)))
            waiting = []
        else:
            waiting.append(word)
    if waiting:
        last, after = items[-1], " ".join(waiting)
        items[-1] = _Item(f"{last.seen} {after}", last.name or clean_name(after), last.address)
    return items


def _has_at(text: str) -> bool:
    return any(sign in _ATS for sign in text)


def _bare(address: str) -> str:
    """Return an address without what stands around it: brackets, quotes, "mailto:" and the full stop of a sentence."""
    text = address.strip().strip(f"{_QUOTES}()")
    text = text[7:] if text.lower().startswith("mailto:") else text
    return text[:-1] if text.endswith(".") and not text.endswith("..") else text


def clean_name(text: str) -> str:
    """Return a name without quotes and dashes around it; the "Okafor, Ingrid" of mail programs reads Ingrid Okafor.

    What has no letter, such as a number in front of a name, is no name.
    """
    name = " ".join(tidy_name(text.replace('\\"', "")).split()).strip(f"{_QUOTES} -\u2013\u2014:\u00b7")
    if not any(map(str.isalpha, name)):
        return ""
    family, comma, given = (part.strip() for part in name.partition(","))
    turns = any(map(str.islower, given)) and given.lower().strip(".") not in _SUFFIXES and "," not in given
    return f"{given} {family}" if comma and family and turns else name


def _merge(items: list[_Item]) -> list[_Item]:
    """Bring names to the addresses beside them; a name that finds none stays alone."""
    addresses = [item for item in items if not item.is_name]
    if not addresses:
        return items
    names_first, merged, waiting = items[0].is_name or len(addresses) == 1, list[_Item](), list[_Item]()
    for item in items:
        if item.is_name and not names_first and merged and not merged[-1].name and not waiting:
            merged[-1] = _with_names([], merged[-1], [item])
        elif item.is_name:
            waiting.append(item)
        else:
            merged.append(_with_names(waiting, item, []))
            waiting = []
    if len(addresses) == 1 or not merged[-1].name:
        merged[-1] = _with_names([], merged[-1], waiting)
        waiting = []
    return [*merged, *waiting]


def _with_names(before: list[_Item], item: _Item, after: list[_Item]) -> _Item:
    """Return an address with the names beside it; a given name in front of "<" stands before its family name."""
    name = " ".join(part.name for part in (item, *before, *after) if part.name)
    return _Item(", ".join(part.seen for part in (*before, item, *after)), name, item.address)
