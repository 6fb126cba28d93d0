"""The HTML tags and attributes that courses may use; everything else is removed."""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from typing import TYPE_CHECKING
from unicodedata import category

if TYPE_CHECKING:
    import nh3

# Private marks that stand for what is put in after cleaning; authors' texts are cleared of them beforehand.
OPEN, CLOSE = "\ue000", "\ue001"
TAGS = frozenset({
    "a", "abbr", "blockquote", "br", "caption", "cite", "code", "dd", "del", "div", "dl", "dt", "em",
    "figcaption", "figure", "h2", "h3", "h4", "h5", "h6", "hr", "img", "kbd", "li", "ol", "p", "pre", "s",
    "section", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
})  # fmt: skip
PHRASES = frozenset(
    {"a", "abbr", "br", "cite", "code", "del", "em", "kbd", "s", "small", "span", "strong", "sub", "sup"}
)
# What an author may write as HTML; the rest is named by the check.
AUTHORS_TAGS = frozenset({"abbr", "br", "kbd", "sub", "sup"})
ATTRIBUTES = {
    "*": {"id", "class", "align"}, "a": {"href"}, "img": {"src", "alt"}, "th": {"scope"}, "ol": {"start"},
}  # fmt: skip
SCHEMES = frozenset({"http", "https", "mailto"})
_HREF = re.compile(f"(?:https?://|mailto:|#|{OPEN}page:)[^\\s]*", re.IGNORECASE)
_MARKS = re.compile(
    "[\ue000\ue001\x02\x03]|&(?:#(?:[xX]0*(?:[eE]00[01]|27[eE][67]|[23](?![0-9a-fA-F]))|0*(?:5734[45]|1021[45]|[23](?!\\d)))"
    "|[lr]obrk|(?:Left|Right)DoubleBracket);?"
)
_OWN_LINK = re.compile(f'(<a [^>]*?href="(?:#|{OPEN}page:)[^"]*"[^>]*?) rel="noopener noreferrer"')


_TAG = re.compile(r"<[^>]*>")
_CITED = re.compile(r'<sup class="ref".*?</sup>|<section class="notes">.*', re.DOTALL)
# Letters and a symbol of Unicode that are drawn as nothing: Hangul fillers and the Braille cell without dots.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def says_something(html: str) -> bool:
    """Decide whether somebody sees anything in a piece of HTML, apart from its citations: a picture or a character."""
    words = unescape(_TAG.sub("", _CITED.sub("", html)))
    return "<img " in html or any(category(sign)[0] in "LNPS" and sign not in _BLANK for sign in words)


def without_marks(text: str) -> str:
    """The author's text without the characters, plain or as entities, that we use as marks of our own."""
    return _MARKS.sub("", text).replace("⟦", "[").replace("⟧", "]")


def clean(html: str) -> str:
    """A page's HTML with nothing in it but the list above."""
    return _OWN_LINK.sub(r"\1", _cleaner(TAGS).clean(html))


def clean_phrase(html: str) -> str:
    """A phrase: the same, without blocks and pictures."""
    return _OWN_LINK.sub(r"\1", _cleaner(PHRASES).clean(html))


@cache
def _cleaner(tags: frozenset[str]) -> nh3.Cleaner:
    # Imported here for its 1.6 MB: courses are read from what was made of them, so most processes clean nothing.
    import nh3

    return nh3.Cleaner(
        tags=set(tags),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items() if tag == "*" or tag in tags},
        attribute_filter=_attribute,
        url_schemes=set(SCHEMES),
        link_rel="noopener noreferrer",
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Links lead to the web, a mailbox, this page or another of the course; pictures come from the course alone."""
    if name == "href":
        return value if _HREF.fullmatch(value) else None
    if name == "src":
        return value if value.startswith(f"{OPEN}media:") else None
    return value
