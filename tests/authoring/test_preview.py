"""Previews: the pages that learners will see, from a draft or a version, with nothing stored and nothing counted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import MetaData, event, func, select

from lms.accounts.records import find_programme
from lms.content.lint.check import check
from lms.foundation.db import db
from lms.library import actions as library
from tests.builders.drafts import add_draft
from tests.builders.learning import PFA
from tests.conftest import Site
from tests.content.small_course import FILES, bundle
from tests.inspector import BASE, Page

LESSON, CHECK, TALK = "1-begin/1-hello.md", "check.md", "practice/at-the-sink.md"
SECOND = FILES[LESSON].replace("hello", "again").replace("sml-p01", "sml-p02").replace("sml-l1", "sml-l2")
WHOLE = {"1-begin/2-again.md": SECOND, "1-begin/facilitator.md": "Ask what they saw.\n"}
WORDS = "Preview of a draft. Nothing here is saved or counted."


def preview_of(site: Site, **files: str | None) -> str:
    """Return the address of the preview of a draft with the small course."""
    return f"/programmes/harbour/drafts/{add_draft(site, bundle(**files))}/preview"


def publish_for(site: Site, slug: str) -> None:
    """Publish the small course for a programme, which offers it to nobody."""
    with site.inside():
        programme = find_programme(slug)
    course = check(bundle(), "small-course").course
    assert programme is not None
    site.do(library.publish, bundle(), course)
    site.do(library.set_owner, "small-course", programme.id)


def count_rows(site: Site) -> dict[str, int]:
    """How many rows each table has."""
    with site.inside():
        tables = MetaData()
        tables.reflect(db.engine)
        return {
            name: db.session.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in tables.tables.items()
        }


def walk(site: Site, start: str) -> Iterator[Page]:
    """Every page of a preview that links lead to, and that each button of a form leads to, as Tara sees them."""
    tara, waiting, seen = site.visitor("tara"), [start], set()
    while waiting:
        path = waiting.pop()
        if path in seen or len(seen) > 80:
            continue
        seen.add(path)
        page = tara.get(path)
        yield page
        looks = ("dark=1", "quiet=1", "rtl=1", "phone=1")
        hrefs = [node.get("href").partition("#")[0] for node in page.find("a[href]")]
        waiting += [href for href in hrefs if href.startswith(start) and not any(look in href for look in looks)]
        for node in page.find("form"):
            assert node.get("method") == "get" and node.get("action").startswith(start), page.path
            assert not node.xpath(".//input[@name='form_token']"), page.path


def test_a_walk_through_all_pages_of_a_preview_stores_nothing(sqlite_site: Site) -> None:
    start = preview_of(sqlite_site, **WHOLE)
    sqlite_site.visitor("tara").get(start)
    before = count_rows(sqlite_site)
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        statements.append(statement)

    with sqlite_site.inside():
        event.listen(db.engine, "before_cursor_execute", note)
    pages = {page.path.removeprefix(start): page for page in walk(sqlite_site, start)}
    assert all(words.lstrip().upper().startswith(("SELECT", "BEGIN", "PRAGMA")) for words in statements)
    assert count_rows(sqlite_site) == before
    expected = {"", "/lesson/hello", "/gentler/hello", "/lesson/again", "/conversation/at-the-sink", "/check"}
    assert expected | {"/glossary", "/facilitator", "/elsewhere"} <= set(pages)
    for page in pages.values():
        assert WORDS in page.text and not page.find("header.mast, footer, [data-device]")
        assert page.response.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert "frame-ancestors 'self'" in page.response.headers["Content-Security-Policy"]
    assert pages["/lesson/hello"].links()["Gentler (off)"].endswith("/gentler/hello")


def test_a_conversation_is_played_from_any_turn_with_its_script_beside_it(sqlite_site: Site) -> None:
    page = sqlite_site.visitor("tara").get(f"{preview_of(sqlite_site)}/conversation/at-the-sink?dark=1")
    assert "Start" in [words for form in page.forms for _, _, words in form.buttons]
    page = page.follow("Play from here (Shrug)")
    assert "Maybe." in page.main and page.find("html[data-light=dark]")
    page = next(form for form in page.forms if "(wait)" in [text for _, _, text in form.buttons]).submit("(wait)")
    assert page.h1 == "Home" or "debrief" in page.html or page.find("ol.back")
    assert page.find("html[data-light=dark]") and "start=shrug" in page.path


def test_the_check_shows_each_question_with_what_follows_from_an_answer(sqlite_site: Site) -> None:
    page = sqlite_site.visitor("tara").get(f"{preview_of(sqlite_site)}/check")
    results = page.find("details.preview-result")
    assert len(page.find("fieldset.ask")) == FILES[CHECK].count("objectives=") and len(results) > 12
    assert "Waiting leaves the choice with them." in page.main and "You didn’t answer this one." in page.main


BROKEN = {
    "front matter of a lesson": (LESSON, "title: Hello", "titel: Hello", "/lesson/hello", "can’t be shown yet"),
    "course.md": ("course.md", "title: A small", "titel: A small", "", "can’t be shown yet"),
    "a reply to nowhere": (TALK, "(#shrug)", "(#gone)", "/conversation/at-the-sink?reply=0", "Nobody has written"),
    "a start that isn't there": (TALK, "start: sink", "start: sing", "/conversation/at-the-sink?begin=yes", "I’m fine"),
    "a citation": (LESSON, "[^WANG24]", "[^LEE24]", "/lesson/hello", "Dana looks up."),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_broken_is_shown_as_far_as_it_can_be_and_says_so(sqlite_site: Site, what: str) -> None:
    path, before, after, place, words = BROKEN[what]
    assert before in FILES[path]
    start = preview_of(sqlite_site, **WHOLE, **{path: FILES[path].replace(before, after)})
    page = sqlite_site.visitor("tara").get(start + place)
    assert words in page.text and page.find(".preview-bar li a[data-out]"), page.text
    assert "problem" in page.text and path in page.text
    assert all(found.response.status_code == 200 for found in walk(sqlite_site, start))


def test_a_published_version_is_previewed_and_only_where_it_may_be_read(sqlite_site: Site) -> None:
    start = f"/programmes/harbour/writing/courses/{PFA}/1.1.0/preview"
    page = sqlite_site.visitor("tara").get(start)
    assert "Preview of version 1.1.0." in page.text and page.find(f"a[href^='{start}/lesson/']")
    draft = preview_of(sqlite_site)
    publish_for(sqlite_site, "meadow")
    meadows = "/programmes/harbour/writing/courses/small-course/1.0.0/preview/check"
    assert "Knowledge check" in sqlite_site.visitor("ada").get(meadows).h1
    for who, path in (
        ("tara", meadows),
        ("tara", f"{start}/lesson/none"),
        ("mina", draft),
        ("sam", draft),
        ("sam", start),
    ):
        assert sqlite_site.visitor(who).browser.get(path, base_url=BASE).status_code == 404


def test_a_phone_is_a_frame_with_the_same_page_and_no_bar(sqlite_site: Site) -> None:
    page = sqlite_site.visitor("tara").get(f"{preview_of(sqlite_site)}/lesson/hello?phone=1&quiet=1")
    framed = page.find("iframe")[0].get("src")
    inner = sqlite_site.visitor("tara").get(framed)
    assert inner.h1 == "Hello" and not inner.find(".preview-bar") and inner.find("html[data-quiet]")


def test_other_pages_that_show_a_preview_of_their_own_keep_their_header(sqlite_site: Site) -> None:
    page = sqlite_site.visitor("cora").get("/programmes/harbour/invitations/new")
    page = page.form_with("Continue").submit("Continue", people="amal@example.org")
    assert page.find("header.mast") and not page.find(".preview-bar")
