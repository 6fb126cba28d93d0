"""The inspector client: a browser without JavaScript that looks over every page it gets."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit
from weakref import WeakKeyDictionary

from flask import Flask
from lxml import etree
from lxml.cssselect import CSSSelector
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, RequestRedirect
from werkzeug.test import TestResponse, encode_multipart

from tests.page_parser import parse

BASE = "http://127.0.0.1:8000"
SHAMING = re.compile(
    r"\b(wrong|incorrect|failed|failure|invalid|oops|hurry|last chance|overdue|streak|attempts remaining)\b",
    re.I,
)
# A page whose source has none of these words can't say any of that.
SHAMING_WORDS = ("wrong", "incorrect", "fail", "invalid", "oops", "hurry", "chance", "overdue", "streak", "remaining")
INLINE_CODE = etree.XPath("//@*[name() = 'style' or starts-with(name(), 'on')]/.. | //style")
# Lesson prose, what people in it say, and the texts of questions: the content engine looks after those.
NOT_OURS = {"prose", "turn", "said", "speech", "opt", "notes", "reply", "theirs"}
QUOTED = {"blockquote", "q"}
ASKED = {"label", "legend", "option"}
# Addresses that were looked for before on a site's pages, and whether they lead somewhere.
SEEN: WeakKeyDictionary[Map, dict[tuple[str, str, str], bool]] = WeakKeyDictionary()
VOID_TEXT = {"script", "style", "template"}


@cache
def selecting(selector: str) -> CSSSelector:
    """Return what finds the elements of a CSS selector."""
    return CSSSelector(selector)


def squeezed(text: str) -> str:
    """Return text with its white space folded."""
    return " ".join(text.split())


@dataclass
class Form:
    """A form as it stands on a page: its own fields, and nothing else, are sent."""

    page: Page
    action: str
    method: str
    fields: list[tuple[str, str]]
    buttons: list[tuple[str, str, str]]
    choices: dict[str, list[str]]

    def submit(self, button: str | None = None, expect: int = 200, **changes: Any) -> Page:
        """Send the form with some fields changed; a field or choice that the page does not have is refused."""
        names = {name for name, _ in self.fields} | set(self.choices)
        sent = [(name, value) for name, value in self.fields if name not in changes]
        for name, value in changes.items():
            assert name in names, f"{self.page.path}: the form has no field {name!r}, only {sorted(names)}"
            for one in value if isinstance(value, list) else [value]:
                if name in self.choices and one is not None:
                    assert one in self.choices[name], f"{name!r} does not offer {one!r}"
                if one is not None:
                    sent.append((name, one))
        if button is not None:
            found = [pressed for pressed in self.buttons if pressed[2] == button]
            assert found, f"{self.page.path}: no button {button!r}, only {[text for _, _, text in self.buttons]}"
            if found[0][0]:
                sent.append(found[0][:2])
        if self.method == "GET":
            return self.page.client.get(f"{urlsplit(self.action).path}?{urlencode(sent)}", expect=expect)
        return self.page.client.post(self.action, sent, expect=expect, referrer=self.page)


@dataclass
class Page:
    """A page that was looked over."""

    client: Inspector
    path: str
    response: TestResponse
    tree: Any = field(default=None)

    @property
    def html(self) -> str:
        """The page's source."""
        return self.response.get_data(as_text=True)

    @property
    def text(self) -> str:
        """What can be read on the page, white space folded."""
        parts = [
            piece
            for node in self.tree.iter()
            if isinstance(node.tag, str) and node.tag not in VOID_TEXT
            for piece in self._pieces(node)
        ]
        return squeezed(" ".join(parts))

    @staticmethod
    def _pieces(node: Any) -> list[str]:
        own = [node.text or ""]
        return own + [child.tail or "" for child in node]

    def find(self, selector: str) -> list[Any]:
        """Return the elements of a CSS selector."""
        return selecting(selector)(self.tree)

    @cached_property
    def ids(self) -> set[str]:
        """The ids of all elements, as the page came."""
        return {node.get("id") for node in self.find("[id]")}

    @property
    def main(self) -> str:
        """What can be read in the main part."""
        return squeezed("".join(self.find("main")[0].itertext()))

    @property
    def h1(self) -> str:
        """The page's one first heading."""
        return squeezed("".join(self.find("h1")[0].itertext()))

    @property
    def forms(self) -> list[Form]:
        """All forms of the page."""
        return [self._form(node) for node in self.find("form")]

    def form(self, action: str) -> Form:
        """Return the one form whose address ends so."""
        found = [form for form in self.forms if urlsplit(form.action).path.endswith(action)]
        assert found, f"{self.path}: no form to {action!r}, only {[form.action for form in self.forms]}"
        return found[0]

    def form_with(self, button: str) -> Form:
        """Return the one form with a button of this text."""
        found = [form for form in self.forms if any(text == button for _, _, text in form.buttons)]
        assert found, f"{self.path}: no button {button!r}, only {[b[2] for f in self.forms for b in f.buttons]}"
        return found[0]

    def links(self) -> dict[str, str]:
        """Return link texts with their addresses."""
        return {squeezed("".join(node.itertext())): node.get("href") for node in self.find("a[href]")}

    def follow(self, text: str, expect: int = 200) -> Page:
        """Open the link with this text."""
        links = self.links()
        assert text in links, f"{self.path}: no link {text!r}, only {list(links)}"
        return self.client.get(urljoin(self.path, links[text]), expect=expect)

    def _form(self, node: Any) -> Form:
        fields: list[tuple[str, str]] = []
        buttons: list[tuple[str, str, str]] = []
        choices: dict[str, list[str]] = {}
        for element in node.iter("input", "select", "textarea", "button"):
            name, kind = element.get("name"), element.get("type", "")
            if element.tag == "button":
                buttons.append((name or "", element.get("value", ""), squeezed("".join(element.itertext()))))
            elif not name:
                continue
            elif kind in {"radio", "checkbox"}:
                choices.setdefault(name, []).append(element.get("value", "on"))
                if element.get("checked") is not None:
                    fields.append((name, element.get("value", "on")))
            elif element.tag == "select":
                options = list(element.iter("option"))
                choices[name] = [option.get("value", squeezed(option.text or "")) for option in options]
                picked = [option for option in options if option.get("selected") is not None] or options[:1]
                fields += [(name, option.get("value", "")) for option in picked]
            elif element.tag == "textarea":
                fields.append((name, (element.text or "").removeprefix("\n")))
            else:
                fields.append((name, element.get("value", "")))
        action = urljoin(self.path, node.get("action") or self.path)
        return Form(self, action, node.get("method", "get").upper(), fields, buttons, choices)


class Inspector:
    """A visitor with cookies who looks over every page."""

    def __init__(self, app: Flask, name: str = "") -> None:
        self.app = app
        self.name = name
        self.browser = app.test_client()

    def get(self, path: str, expect: int = 200, **options: Any) -> Page:
        """Open an address of the site."""
        return self._land("GET", path, expect, **options)

    def post(self, path: str, fields: list[tuple[str, str]], expect: int = 200, referrer: Page | None = None) -> Page:
        """Send fields, as a form of a page does."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin", "Origin": BASE}
        return self._land("POST", path, expect, data=urlencode(fields), headers=headers)

    def send(self, path: str, fields: dict[str, Any], expect: int = 200) -> Page:
        """Send fields with files among them, as a form of a page does."""
        boundary, body = encode_multipart(fields)
        kind = f"multipart/form-data; boundary={boundary}"
        headers = {"Content-Type": kind, "Sec-Fetch-Site": "same-origin", "Origin": BASE}
        return self._land("POST", path, expect, data=body, headers=headers)

    def _land(self, method: str, path: str, expect: int, **options: Any) -> Page:
        for _hop in range(6):
            response = self.browser.open(path, method=method, base_url=BASE, **options)
            if response.status_code not in {301, 302, 303, 307, 308}:
                break
            target = urlsplit(urljoin(path, response.headers["Location"]))
            assert not target.netloc or target.netloc == urlsplit(BASE).netloc, "a redirect leaves the site"
            path, method, options = target.path + (f"?{target.query}" if target.query else ""), "GET", {}
        page = Page(self, path, response)
        assert response.status_code == expect, f"{method} {path}: {response.status_code}\n{page.html[:3000]}"
        if response.mimetype == "text/html":
            page.tree, errors = parse(page.html)
            assert not errors, f"{path}: HTML {errors[:3]}"
            look_over(page)
        return page


def look_over(page: Page) -> None:
    """Inspect a page of valid HTML: one h1, headings in order, labels, tokens, addresses, words and headers."""
    where = page.path
    assert squeezed(page.find("title")[0].text or ""), f"{where}: no title"
    assert page.find("html")[0].get("lang"), f"{where}: no language"
    assert len(page.find("h1")) == 1, f"{where}: {len(page.find('h1'))} first headings"
    levels = [int(node.tag[1]) for node in page.tree.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    for before, after in pairwise(levels):
        assert after <= before + 1, f"{where}: a heading jumps from {before} to {after}"
    ids = [node.get("id") for node in page.find("[id]")]
    assert len(ids) == len(set(ids)), f"{where}: ids twice: {sorted({i for i in ids if ids.count(i) > 1})}"
    _has_no_inline_code(page)
    _has_labels(page)
    _has_groups(page)
    _ties_errors(page)
    _leads_somewhere(page)
    source = page.html.lower()
    words = any(word in source for word in SHAMING_WORDS) and SHAMING.search(_interface_words(page))
    assert not words, f"{where}: says {words.group()!r}" if words else ""
    assert "default-src 'none'" in page.response.headers["Content-Security-Policy"], where
    assert page.response.headers["X-Content-Type-Options"] == "nosniff", where
    if "{{" in source or "⟦" in source:
        shown = page.text
        for area in page.find("textarea"):
            # What somebody writes there may have marks of its own.
            shown = shown.replace(squeezed(area.text or ""), "")
        assert "{{" not in shown and "⟦" not in shown, f"{where}: a word was not filled in"


def _interface_words(page: Page) -> str:
    """Return what the site itself says: everything but lesson prose, quotations and what people typed."""
    parts: list[str] = []

    def walk(node: Any, asked: bool) -> None:
        tag, classes = node.tag, (node.get("class") or "").split()
        if not isinstance(tag, str) or tag in VOID_TEXT or tag in QUOTED or not NOT_OURS.isdisjoint(classes):
            return
        if asked and tag in ASKED:
            return
        parts.append(node.text or "")
        for child in node:
            walk(child, asked or "ask" in classes)
            parts.append(child.tail or "")

    walk(page.tree, False)
    return " ".join(parts)


def _has_no_inline_code(page: Page) -> None:
    inline = INLINE_CODE(page.tree)
    assert not inline, f"{page.path}: inline style or code in {[etree.tostring(node)[:120] for node in inline]}"
    for node in page.find("script"):
        assert node.get("src") and not (node.text or "").strip(), f"{page.path}: an inline script"
    for node in page.find("[src]"):
        assert not re.match(r"(https?:)?//", node.get("src")), f"{page.path}: loads {node.get('src')}"


def _has_labels(page: Page) -> None:
    labelled = {node.get("for") for node in page.find("label[for]")}
    for field_ in page.tree.iter("input", "select", "textarea"):
        if field_.get("type") in {"hidden", "submit"}:
            continue
        inside = any(parent.tag == "label" for parent in field_.iterancestors())
        named = field_.get("aria-labelledby") or field_.get("aria-label")
        assert inside or named or field_.get("id") in labelled, (
            f"{page.path}: no label for {etree.tostring(field_)[:120]!r}"
        )
        for tied in (field_.get("aria-describedby") or "").split():
            assert tied in page.ids, f"{page.path}: described by {tied}, which is not there"


def _has_groups(page: Page) -> None:
    """Answers of one question stand in a group that carries the question, in native controls."""
    for field_ in page.find("input[type=radio], input[type=checkbox][name^='q-']"):
        around = next(field_.iterancestors("fieldset"), None)
        legend = around.find(".//legend") if around is not None else None
        said = "".join(legend.itertext()).strip() if legend is not None else ""
        assert said, f"{page.path}: the answers {field_.get('name')!r} stand in no group with a legend"


def _ties_errors(page: Page) -> None:
    """What needs attention is named in the title, gathered at the top with links, and tied to its field."""
    summary, marked = page.find("main .errs"), page.find("[aria-invalid=true]")
    if marked:
        assert summary and page.find("title")[0].text.startswith("Error: "), f"{page.path}: no summary of what to mend"
    for field_ in marked:
        near = [field_, *field_.iterancestors("fieldset")]
        tied = " ".join(node.get("aria-describedby") or "" for node in near).split()
        assert any(page.find(f"[id='{one}'].fix") for one in tied), f"{page.path}: {field_.get('name')!r} says no fix"
    if summary:
        assert summary[0].get("role") == "alert" and page.find(".errs a[href^='#'], .errs li"), page.path


def _leads_somewhere(page: Page) -> None:
    addresses = page.client.app.url_map
    seen = SEEN.setdefault(addresses, {})
    targets = [("GET", node.get("href")) for node in page.find("a[href], link[href]")]
    for node in page.find("form"):
        method = node.get("method", "get").upper()
        targets.append((method, node.get("action") or page.path))
        if method == "POST":
            assert selecting("input[name=form_token]")(node), f"{page.path}: a form without its token"
    for method, target in targets:
        if target.startswith("#"):
            assert target == "#" or target[1:] in page.ids, f"{page.path}: {target} is not on the page"
            continue
        key = (method, "" if target.startswith("/") else page.path, target)
        if key not in seen:
            seen[key] = _leads(addresses, *key)
        assert seen[key], f"{page.path}: {method} {target} leads nowhere"


def _leads(addresses: Map, method: str, path: str, target: str) -> bool:
    """Return whether an address, as it stands on the page of a path, is another site's or one of ours."""
    parts = urlsplit(urljoin(path, target))
    if parts.scheme in {"tel", "sms", "mailto", "data"} or parts.netloc:
        return True
    try:
        addresses.bind("127.0.0.1:8000").match(parts.path, method=method)
    except (NotFound, MethodNotAllowed):
        return False
    except RequestRedirect:
        return True
    return True
