"""Parse pages as HTML5 says, one page of each shape: what differs in words and values alone is filled into its tree."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import html5lib

# A tag and the words after it. No rule of parsing depends on those, nor on most values, unless an ampersand is in them.
TAG = re.compile(r"""(?P<tag><[a-z/](?:[^"<>]++|"[^"]*")*+>\s*+)(?P<words>[^<&]++)?""")
VALUE = re.compile(r"""(?P<name>\s(?!type|charset|content|http-equiv|encoding)[a-z-]+=")(?P<value>[^"&<>]+)(?=")""")
MARK = re.compile("\ue000([0-9]+)\ue001")
# Characters that are errors wherever they stand, line ends that become others, other quotes, and our own marks.
PARSED_ALWAYS = re.compile(
    "='|[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ue000\ue001\ufdd0-\ufdef\ufffe\uffff]|[^\x00-\uffff]"
)


MAIN = re.compile("(<!doctype html>.*)(<main[^<>]*>)(.*)</main>(.*)", re.S)
HEAD = '<head><meta charset="utf-8"><title>Alone</title></head>'
ALONE = f'<!doctype html><html lang="en">{HEAD}<body>{{}}</main></body></html>'


@dataclass(frozen=True)
class Shape:
    """The tree of all pages that differ in words and values alone, and where in it those stand."""

    tree: Any
    errors: list[Any]
    places: list[tuple[int, str, str]]
    marks: int

    def filled(self, values: list[str]) -> Any:
        """Return the root of a page's own tree."""
        root = deepcopy(self.tree).getroot()
        nodes = list(root.iter())
        for index, place, marked in self.places:
            one = MARK.fullmatch(marked)
            text = values[int(one[1])] if one else MARK.sub(lambda mark: values[int(mark[1])], marked)
            if place in {".text", ".tail"}:
                setattr(nodes[index], place[1:], text)
            else:
                nodes[index].set(place, text)
        return root


def parse(html: str) -> tuple[Any, list[Any]]:
    """Return the root of a page's tree, and what HTML5 calls errors in it."""
    if PARSED_ALWAYS.search(html):
        return parse_alone(html)
    values: list[str] = []

    def mark(found: re.Match[str]) -> str:
        before, value = found.groups()
        values.append(value)
        return f"{before}\ue000{len(values) - 1}\ue001"

    def mark_tag(found: re.Match[str]) -> str:
        tag, words = found.groups()
        if '="' in tag:
            tag = VALUE.sub(mark, tag)
        if not words:
            return tag
        values.append(words)
        return f"{tag}\ue000{len(values) - 1}\ue001"

    shape = _shape(TAG.sub(mark_tag, html))
    if shape.errors or shape.marks != len(values):
        return parse_alone(html)
    return shape.filled(values), []


def parse_alone(html: str) -> tuple[Any, list[Any]]:
    """Return the same, whatever was parsed before."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("lxml"), namespaceHTMLElements=False)
    return parser.parse(html.encode()).getroot(), parser.errors


@lru_cache(maxsize=1000)
def _shape(marked: str) -> Shape:
    root = _in_two(marked)
    errors: list[Any] = []
    if root is None:
        root, errors = parse_alone(marked)
    places = []
    for index, node in enumerate(root.iter()):
        strings = [(".text", node.text), (".tail", node.tail), *node.attrib.items()]
        places += [(index, place, string) for place, string in strings if string and "\ue000" in string]
    return Shape(root.getroottree(), errors, places, len(MARK.findall("".join(marked for _, _, marked in places))))


def _in_two(html: str) -> Any:
    """Return the root of a page whose main part was parsed by itself, because few pages differ in what is around it.

    That is the same where both are without an error and the main part is a child of the body: nothing is left open
    at its start or its end. None where it may not be.
    """
    found = MAIN.fullmatch(html)
    if found is None or html.count("<main") != 1 or html.count("</main") != 1:
        return None
    before, start, inside, after = found.groups()
    first, moved = len(MARK.findall(before + start)), len(MARK.findall(inside))
    around = _around(f"{before}{start}</main>{_renumbered(after, 0, -moved)}")
    inner, errors = parse_alone(ALONE.format(f"{start}{inside}"))
    mains = [*(() if around is None else around.iter("main")), *inner.iter("main")]
    if errors or len(mains) != 2 or any(main.getparent().tag != "body" for main in mains):
        return None
    root = deepcopy(around.getroottree()).getroot()
    for node in root.iter():
        node.text, node.tail = (string and _renumbered(string, first, moved) for string in (node.text, node.tail))
        for name, value in node.attrib.items():
            node.set(name, _renumbered(value, first, moved))
    place = next(root.iter("main"))
    place.text = mains[1].text
    place.extend(list(mains[1]))
    return root


@lru_cache(maxsize=100)
def _around(html: str) -> Any:
    """Return the root of what is around the main part of pages, None where it has an error."""
    root, errors = parse_alone(html)
    return None if errors else root


def _renumbered(text: str, first: int, by: int) -> str:
    """Add to the numbers of marks, from the first on."""
    if MARK.search(text) is None:
        return text
    return MARK.sub(lambda mark: f"\ue000{int(mark[1]) + by if int(mark[1]) >= first else mark[1]}\ue001", text)
