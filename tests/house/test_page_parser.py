"""A page filled into the tree of its shape is the page that HTML5 makes of it, with the same errors."""

from __future__ import annotations

import pytest
from lxml import etree

from tests.page_parser import parse, parse_alone

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{words}</title></head>
<body class="{value}"><h1 id="{value}">{words}</h1>%s</body></html>"""
WORDS = (
    "Sam",
    "Amina O’Neill, “twice”",
    'a > b "c" d',
    "5 < 6",
    "A &amp; B",
    "A & B",
    "Zoë &copy B",
    "a\r\nb\ufdd0",
    "😀",
    "\xa0",
    "",
)
VALUES = ("plain", "a > b", "/to?a=b&amp;c=d", "/to?a=b&copy=d", "hidden")


@pytest.mark.parametrize(
    "inside",
    [
        "<p>{words}<p title='{value}'>{words}",
        "<div><p>{words}</p>",
        "<p><ul><li>{words}</ul></p>",
        '<table><tr><td data-a="{value}">{words}</table>',
        "<table>{words}<tr><td>x</td></tr></table>",
        '<table><input type="{value}"></table>',
        '<a href="{value}">{words}<a href="{value}">x</a></a>',
        "<p a b b>{words}</p>",
        "<textarea>\n{words}</textarea><pre>\n\n {words}</pre>",
        "<!-- {words} --><svg viewBox='0'><path d=\"{value}\"/><title>{words}</title></svg>",
        "{words}</section>",
        '<div/ class="{value}"id="x">{words}</div>',
    ],
)
def test_a_page_of_a_known_shape_is_parsed_as_it_would_be_by_itself(inside: str) -> None:
    for words in WORDS:
        for value in VALUES:
            html = (PAGE % inside).format(words=words, value=value)
            tree, errors = parse(html)
            expected, told = parse_alone(html)
            assert etree.tostring(tree) == etree.tostring(expected), html
            assert errors == told, html
