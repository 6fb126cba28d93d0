"""Parse pages as HTML5 says; of pages that differ only in words and values, one is parsed and the others filled in."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain, pairwise, repeat
from typing import Any

import html5lib
from lxml import etree

# A value, and the words after a tag. No rule of parsing depends on those, nor on most values, unless an ampersand is
# in them.
DIFFERS = re.compile(r"""(\s(?!type|charset|content|http-equiv|encoding)[a-z-]+=")([^"&<>]+)(?=")|(>\s*+)([^<&]++)""")
MARK = "\ue000"
NUMBERED = re.compile("\ue000([0-9]+)\ue001")
# Characters that are errors wherever they stand, line ends that become others, and our own marks.
NEVER_FILLED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ue000\ue001\ufdd0-\ufdef\ufffe\uffff\U00010000-\U0010ffff]"
)
# A value with what ends a tag elsewhere.
ENDS_IN_VALUE = re.compile('="[^"<>]*>')
IN_VALUE = str.maketrans({"\n": "&#10;", "\t": "&#9;"})

MAIN = re.compile("(<!doctype html>.*<main[^<>]*>)(.*)(</main>.*)", re.S)
EMPTY_MAIN = re.compile("<main([^<>]*)/>")
ALONE = "<!doctype html><title>Alone</title><body><main>{}<span></span></main></body>"
ALONE_IN_FORM = ALONE.replace("{}<span></span>", "<form>{}<span></span></form>")
TAG = re.compile("<(/?)([a-z][a-z0-9]*)[^<>]*>")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# Elements in which everything is parsed as it is in the main part; in a form there may be no other form.
PLAIN = {"article", "aside", "details", "div", "fieldset", "footer", "form", "header", "nav", "ol", "section", "ul"}
ELEMENT = re.compile(r"([^<]*)(<([a-z]+)[^<>]*>)(.*)(</\3>[^<]*)", re.S)
# Shorter elements are parsed whole.
LONG = 300


def parse(html: str) -> tuple[Any, list[Any]]:
    """Return the root of a page's tree, and what HTML5 calls errors in it.

    Pages with comments or other quotes are parsed by themselves: what ends a tag elsewhere may stand in those.
    """
    if "<!--" in html or "='" in html or ENDS_IN_VALUE.search(html) or NEVER_FILLED.search(html):
        return parse_alone(html)
    # What lies between, then a name with its value or the end of a tag with the words after it, and so on.
    parts = DIFFERS.split(html)
    begins = [name or end for name, end in zip(parts[1::5], parts[3::5], strict=True)]
    marked = "".join(chain.from_iterable(zip(parts[::5], begins, repeat(MARK), strict=False))) + parts[-1]
    pieces = _shape(marked)
    if pieces is None or len(pieces) * 5 != len(parts) + 4:
        return parse_alone(html)
    values = [
        value.translate(IN_VALUE) if value else words.replace(">", "&gt;")
        for value, words in zip(parts[2::5], parts[4::5], strict=True)
    ]
    return etree.fromstring("".join(chain.from_iterable(zip(pieces, values, strict=False))) + pieces[-1]), []


def parse_alone(html: str) -> tuple[Any, list[Any]]:
    """Return the same, whatever was parsed before."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("lxml"), namespaceHTMLElements=False)
    return parser.parse(html).getroot(), parser.errors


@lru_cache(maxsize=1000)
def _shape(marked: str) -> list[str] | None:
    """Return the XML of all pages that differ in words and values alone, split where those stand.

    None if it has an error, or if what stands there changes places.
    """
    xml = _in_parts(marked) or _as_xml(marked)[1]
    return xml.split(MARK) if xml else None


def _as_xml(marked: str) -> tuple[Any, str]:
    """Return a page's root and its XML, none where it has an error or its marks don't come in their order."""
    pieces = marked.split(MARK)
    numbers = (f"{MARK}{number}\ue001" for number in range(len(pieces) - 1))
    numbered = "".join(chain.from_iterable(zip(pieces, numbers, strict=False)))
    root, errors = parse_alone(numbered + pieces[-1])
    xml = etree.tostring(root, encoding="unicode")
    if errors or [int(number) for number in NUMBERED.findall(xml)] != list(range(len(pieces) - 1)):
        return root, ""
    return root, NUMBERED.sub(MARK, xml)


_around = lru_cache(maxsize=200)(_as_xml)


def _in_parts(html: str) -> str:
    """Return the XML of a page whose main part was parsed in parts, because few pages differ in all of them.

    That is the same where the main part is a child of the body, and all parts are without an error and leave nothing
    open. Nothing where it may not be.
    """
    found = MAIN.fullmatch(html)
    if found is None or html.count("<main") != 1 or html.count("</main") != 1:
        return ""
    before, inside, after = found.groups()
    root, around = _around(before + after)
    content = _content(inside, False) if around and root.find("body/main") is not None else None
    if content is None:
        return ""
    return EMPTY_MAIN.sub(lambda main: f"<main{main[1]}>{content}</main>", around)


def _content(inside: str, in_form: bool) -> str | None:
    """Return the XML of what a plain element contains, None where it can't be taken apart."""
    parts = [_part(part, in_form) for part in _elements(inside)]
    return None if None in parts else "".join(filter(None, parts))


def _elements(inside: str) -> list[str]:
    """Return each element with the text after it, the first one also with that before it."""
    starts, opened = [], list[str]()
    for tag in TAG.finditer(inside):
        if not opened and not tag[1]:
            starts.append(tag.start())
        if tag[1] and (not opened or opened.pop() != tag[2]):
            return [inside]
        if not tag[1] and tag[2] not in VOID and not tag[0].endswith("/>"):
            opened.append(tag[2])
    return [inside[start:end] for start, end in pairwise([0, *starts[1:], len(inside)])] if not opened else [inside]


@lru_cache(maxsize=10_000)
def _part(part: str, in_form: bool) -> str | None:
    """Return the XML of one element and the text around it, None if it isn't one that is parsed the same anywhere."""
    found = ELEMENT.fullmatch(part) if len(part) > LONG else None
    if found and found[3] in PLAIN and "<" in found[4]:
        shell = _alone(found[1] + found[2] + found[5], in_form)
        content = _content(found[4], in_form or found[3] == "form")
        if shell is not None and content is not None:
            return shell.replace("/>", f">{content}</{found[3]}>")
    return _alone(part, in_form)


def _alone(part: str, in_form: bool) -> str | None:
    """Return the XML of something in a page without anything else, None if it has an error or leaves something open."""
    root, xml = _as_xml((ALONE_IN_FORM if in_form else ALONE).format(part))
    around = root.find("body/main/form" if in_form else "body/main")
    if not xml or len(around) > 2 or around[-1].tag != "span":
        return None
    start, end = ("<main><form>", "<span/></form></main>") if in_form else ("<main>", "<span/></main>")
    return xml[xml.index(start) + len(start) : xml.rindex(end)]
