"""A page filled into the tree of its shape is the page that HTML5 makes of it, with the same errors."""

from __future__ import annotations

from itertools import cycle, product

import pytest
from lxml import etree

from tests.page_parser import parse, parse_alone

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{words}</title></head>
<body class="{value}"><h1 id="{value}">{words}</h1>%s</body></html>"""
AROUND = (
    "%s",
    '<p>{words}</p><main id="{value}">%s</main><p title="{value}">{words}</p>',
    '<a href="x"><main>%s</main></a>',
    "<div><main>%s</div></main>",
    "<main><textarea>%s</main></textarea></main>",
    "<!-- <main> -->%s</main>",
)
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
MUCH = '<p class="{value}">{words} <em>{words}</em> &amp; more</p>\n' * 8
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
        '<p><a href="{value}">{words}</a></p>',
        "<!-- {words} --><svg viewBox='0'><path d=\"{value}\"/><title>{words}</title></svg>",
        "{words}</section>",
        '<div/ class="{value}"id="x">{words}</div>',
        "<p>{words}",
        "<p>{words}<p>{words}",
        # Long enough to be parsed in parts.
        f"{{words}}<section id='{{value}}'>{MUCH}</section><p>{{words}}</p>".replace("'", '"'),
        f"<section>{MUCH}<ul title='a\tb\nc'><li>{{words}}</li></ul>{{words}}</section>".replace("'", '"'),
        f"<form>{MUCH}<div><form>{{words}}</form></div></form>",
        f'<form action="{{value}}">{MUCH}</form><form>{{words}}</form>',
        f"<div>{MUCH}<b>{{words}}</div><p>{{words}}</p>",
        f"<div>{MUCH}<p>{{words}}</div>",
        f"<div>{MUCH}</section>",
        f"<ul><li>{MUCH}<div><li>{{words}}</li></div></li></ul>",
        f"<table><tr><td>{MUCH}</td></tr>{{words}}</table>",
        f"<div>{MUCH}<!-- <p> > {{words}} --></div>",
    ],
)
@pytest.mark.parametrize("around", AROUND)
def test_a_page_of_a_known_shape_is_parsed_as_it_would_be_by_itself(inside: str, around: str) -> None:
    for words, value in product(WORDS, VALUES) if around == "%s" else zip(WORDS, cycle(VALUES), strict=False):
        html = (PAGE % around % inside).format(words=words, value=value)
        tree, errors = parse(html)
        expected, told = parse_alone(html)
        assert etree.tostring(tree) == etree.tostring(expected), html
        assert errors == told, html
