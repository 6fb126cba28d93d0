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
    root, errors = parse_alone(marked)
    places = []
    for index, node in enumerate(root.iter()):
        strings = [(".text", node.text), (".tail", node.tail), *node.attrib.items()]
        places += [(index, place, string) for place, string in strings if string and "\ue000" in string]
    return Shape(root.getroottree(), errors, places, len(MARK.findall("".join(marked for _, _, marked in places))))
