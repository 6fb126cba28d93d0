"""Every string of every page goes through gettext: under a translation that brackets all of them, none is left bare."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import html5lib
import pytest
from babel.messages.mofile import write_mo

from lms.accounts.notifications.zones import zones_by_part
from lms.content.model.course import Course
from lms.foundation.text import i18n
from lms.wellbeing import support_cache
from tests.builders.learning import CONVERSATIONS, COURSE, earn, the_course
from tests.conftest import Site
from tests.house.catalogue import catalog
from tests.inspector import Page, squeezed

OPEN, SHUT = "‹", "›"
EDGES = " .,:;–()“”"
WORDED = {"aria-label", "title", "alt", "placeholder", "data-l", "data-saved", "data-waiting"}
NAMES = {"Sidelight", "Sam Osei", "Harbour Hospitals", "Ingrid Okafor", "sam@example.org", "PFA", "GB", "–"}
NAMES |= {"ingrid@harbour.example", "within two days"}
INSIDE = re.compile(f"{OPEN}[^{OPEN}{SHUT}]*{SHUT}")
BARE = re.compile(r"[^\W\d_]{2,}")
PLACEHOLDER = re.compile(r"\{\{\w+\}\}")
DATES = re.compile(r"\b(January|February|March|April|May|June|July|August|September|October|November|December)\b")


@pytest.fixture
def bracketed(tmp_path: Path) -> Iterator[None]:
    """Let the site read its words from a catalogue in which each of them stands in brackets."""
    made, folder, former = catalog(), tmp_path / "words" / "en" / "LC_MESSAGES", i18n.TRANSLATIONS
    for message in made:
        if message.id:
            forms = message.id if isinstance(message.id, tuple) else (message.id,)
            told = tuple(f"{OPEN}{form}{SHUT}" for form in forms)
            message.string = told if isinstance(message.id, tuple) else told[0]
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, made)
    i18n.TRANSLATIONS = tmp_path / "words"
    _forget()
    yield
    i18n.TRANSLATIONS = former
    _forget()


def _forget() -> None:
    from lms.certification.verification.pages import _based_on, _confirmed
    from lms.learning.progress.placeholders import _filled

    for made in (i18n._table, i18n._markup, _filled, _based_on, _confirmed):
        made.cache_clear()


def texts_of(course: Course) -> set[str]:
    """Return every text node that the course itself brings, and its plain values."""
    found: set[str] = set()

    def gather(value: object) -> None:
        if isinstance(value, str):
            tree = html5lib.parseFragment(value, treebuilder="lxml", namespaceHTMLElements=False)
            parts = [value]
            for part in tree:
                parts += [part] if isinstance(part, str) else [*part.itertext(), part.tail or ""]
            # A page puts its own words, or the programme's, in place of {{lead}} and the like.
            parts += [PLACEHOLDER.sub(" ", part) for part in parts if "{{" in part]
            found.update(squeezed(text).strip(EDGES) for text in parts)
        elif isinstance(value, (tuple, list)):
            for each in value:
                gather(each)
        elif hasattr(value, "__dataclass_fields__"):
            for name in value.__dataclass_fields__:
                gather(getattr(value, name))

    gather(course)
    return found


def bare(text: str, data: set[str]) -> str:
    """Return what of a text node stands outside all brackets and is no name, date or part of the course."""
    before = None
    while before != text:
        before, text = text, INSIDE.sub(" ", text)
    text = re.sub(r"^\d+\. | – Sidelight$|\S+/\S+", "", squeezed(text)).strip(EDGES)
    if text in NAMES or not BARE.search(DATES.sub("", text)):
        return ""
    # A matched pair is told as its two sides, which are both the course's.
    if all(side.strip(EDGES) in data for side in text.split(" → ")):
        return ""
    for name in sorted(NAMES, key=len, reverse=True):
        text = text.replace(name, " ")
    text = squeezed(text).strip(EDGES)
    if text in data:
        return ""
    return text if BARE.search(DATES.sub("", text)) else ""


def bare_texts(page: Page, data: set[str]) -> list[str]:
    found = []
    for node in page.tree.iter():
        if not isinstance(node.tag, str) or node.tag in {"script", "style"}:
            continue
        if any(
            parent.get("class", "").startswith("prose") or "code" in parent.get("class", "").split()
            for parent in [node, *node.iterancestors()]
        ):
            continue
        texts = [node.text or "", *(child.tail or "" for child in node), *(node.get(name, "") for name in WORDED)]
        found += [f"{page.path} <{node.tag}>: {left}" for text in texts if (left := bare(text, data))]
    return found


OPEN_TO_ALL = ("/", "/courses", COURSE, "/verify", "/sign-in", "/register", "/pause", "/display", "/who-sees-what")
AND_THESE = ("/about-the-certificate", f"{COURSE}/conversations/{CONVERSATIONS[0]}", f"{COURSE}/lessons/prepare")
AND_OF_CARE = ("/leaving", "/support", "/offline", f"{COURSE}/lessons/prepare/remarks", f"{COURSE}/glossary")
OF_SAM = ("/courses", COURSE, f"{COURSE}/check", f"{COURSE}/left", "/account", "/certificates", "/certificates/CODE")
OF_SAMS_OWN = ("/account/letters", "/account/ways", "/account/data", "/account/delete", "/refreshers")
OF_CORA = ("/programmes/harbour/people", "/programmes/harbour/certificates/CODE/withdraw")
NOT_THERE = ("/nowhere", "/verify/0123456789ABCDEF")


def test_every_text_of_every_page_is_bracketed_but_names_dates_and_the_course(
    sqlite_site: Site, bracketed: None
) -> None:
    with sqlite_site.inside():
        data = texts_of(the_course()) | {"Lena Brandt"}
    lines = support_cache.shipped_lines()
    data |= {place.name for place in lines.places.values()} | {lines.directory[0]}
    # Cities come from the time zone database.
    data |= {city for _part, zones in zones_by_part() for _zone, city in zones}
    code = earn(sqlite_site, document=True)
    stranger, sam, cora = sqlite_site.stranger(), sqlite_site.visitor("sam"), sqlite_site.visitor("cora")
    asked = [(stranger, path, 200) for path in (*OPEN_TO_ALL, *AND_THESE, *AND_OF_CARE, "/verify/CODE")]
    asked += [(stranger, path, 404) for path in NOT_THERE]
    asked += [(sam, path, 200) for path in (*OF_SAM, *OF_SAMS_OWN)] + [(cora, path, 200) for path in OF_CORA]
    asked.append((cora, cora.get(OF_CORA[0]).links()["Sam Osei"], 200))
    pages = [visitor.get(path.replace("CODE", code), expect=status) for visitor, path, status in asked]
    left = {text for page in pages for text in bare_texts(page, data)}
    assert "\n".join(sorted(left)) == ""


def test_the_pages_of_a_check_and_a_conversation_are_bracketed_too(sqlite_site: Site, bracketed: None) -> None:
    with sqlite_site.inside():
        data = texts_of(the_course())
    # Stage directions are set apart from what is said.
    data |= {part.strip(EDGES) for text in data for part in re.split("[()]", text)}
    lena = sqlite_site.visitor("lena")
    lena.get(COURSE).form("/enrol").submit()
    page = lena.get(f"{COURSE}/check").form("/check").submit()
    base = page.path.rsplit("/", 1)[0]
    left = [text for path in ("1", "2", "all", "look-over") for text in bare_texts(lena.get(f"{base}/{path}"), data)]
    left += bare_texts(lena.get(f"{base}/look-over").form("/submit").submit(), data)
    page = lena.get(f"{COURSE}/conversations/{CONVERSATIONS[0]}")
    begin = next(text for form in page.forms for name, _value, text in form.buttons if name == "begin")
    page = page.form_with(begin).submit(begin)
    left += bare_texts(page, data)
    while replies := [text for form in page.forms for name, _value, text in form.buttons if name == "reply"]:
        page = page.form_with(replies[0]).submit(replies[0])
    left += bare_texts(page, data)
    assert "\n".join(sorted(set(left))) == ""
