"""What a browser's script is told of a device: a stranger's nothing, a shared one's no pages, nobody else's data."""

from __future__ import annotations

import gzip
import re
from typing import Any

from markupsafe import Markup

from lms.content.lint.check import check
from lms.content.model.course import Course
from lms.library import actions as library
from tests.builders.learning import COURSE, reasons_of, the_course
from tests.conftest import Site, find_programme
from tests.content.small_course import bundle
from tests.inspector import BASE, Inspector, squeezed


def told(visitor: Inspector, path: str = "/device") -> dict[str, Any]:
    reply = visitor.browser.get(path, base_url=BASE, headers={"Accept": "application/json"})
    assert reply.status_code == 200 and reply.json is not None
    assert reply.headers["Cache-Control"] == "no-store"
    return dict(reply.json)


def test_the_worker_stands_at_the_root_is_asked_for_anew_and_is_small(sqlite_site: Site) -> None:
    reply = sqlite_site.stranger().browser.get("/sw.js", base_url=BASE)
    assert reply.mimetype == "text/javascript"
    assert reply.headers["Cache-Control"] == "no-cache"
    assert "worker-src 'self'" in reply.headers["Content-Security-Policy"]
    assert len(gzip.compress(reply.data, 9)) <= 2048


def test_a_stranger_is_told_nothing_and_a_shared_device_gets_no_pages(sqlite_site: Site) -> None:
    assert told(sqlite_site.stranger()) == {"signed_in": False, "own": False}
    assert told(sqlite_site.stranger(), f"{COURSE}/device")["pages"] == []
    shared = told(sqlite_site.visitor("sam"), f"{COURSE}/device")
    assert (shared["own"], shared["pages"], shared["shell"]) == (False, [], [])


def keys_of(course: Course) -> set[str]:
    """Return why each answer of the check is right or not, in plain words; practice shows its own on its page."""
    reasons = (reason for question in course.questions for reason in reasons_of(question))
    return {squeezed(Markup(words).striptags()) for words in reasons}


def test_on_ones_own_device_the_lessons_in_both_versions_and_the_words_are_listed(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam", own_device=True)
    with sqlite_site.inside():
        keys = keys_of(the_course())
    assert len(keys) > 60
    about = told(sam, f"{COURSE}/device")
    assert about["pages"][0] == COURSE and f"{COURSE}/glossary" in about["pages"]
    assert any(path.endswith("/gentler") for path in about["pages"])
    assert {"/offline", "/pause", "/support"} <= set(about["shell"])
    for path in [*about["pages"], *about["shell"]]:
        assert not re.search("check|conversations|facilitator|account|people", path)
        reply = sam.browser.get(path, base_url=BASE, buffered=True)
        assert reply.status_code == 200
        source = squeezed(Markup(reply.text).striptags()) + squeezed(reply.text) if "text/" in reply.mimetype else ""
        assert [key for key in keys if key in source] == [], path


def test_the_mark_is_the_persons_and_says_nothing_of_them(sqlite_site: Site) -> None:
    sam, lena = (told(sqlite_site.visitor(name, own_device=True)) for name in ("sam", "lena"))
    assert sam["mark"] != lena["mark"] and sam["token"] != lena["token"]
    with sqlite_site.inside():
        assert sqlite_site.person("sam").id not in str(sam)
    sqlite_site.visitors.pop("sam")
    assert told(sqlite_site.visitor("sam", own_device=True))["mark"] == sam["mark"]


def test_a_members_course_is_no_page_for_others(sqlite_site: Site) -> None:
    read = bundle()
    course = check(read, "small-course").course
    with sqlite_site.inside():
        found = find_programme("meadow")
    assert course is not None and found is not None
    sqlite_site.do(library.publish, read, course)
    sqlite_site.do(library.offer, found.id, course.id, False, 1)
    sqlite_site.visitor("sam").get("/courses/small-course/device", expect=404)


def test_keeping_is_offered_on_ones_own_device_alone(sqlite_site: Site) -> None:
    assert sqlite_site.visitor("sam", own_device=True).get(COURSE).find("[data-keep]")
    assert not sqlite_site.visitor("lena").get(COURSE).find("[data-keep]")
    assert not sqlite_site.stranger().get(COURSE).find("[data-keep]")
    assert not sqlite_site.visitor("lena").get("/courses").find("body[data-own]")


def test_the_page_without_a_connection_has_its_calm_words(sqlite_site: Site) -> None:
    page = sqlite_site.stranger().get("/offline")
    assert page.h1 == "You’re offline"
    assert "What you’ve saved is safe." in page.main and "Support lines" in page.links()
