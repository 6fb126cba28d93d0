"""What every lesson and check says of itself, the same places in the same order, and a person to talk to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lms.accounts import actions as accounts
from lms.foundation import clock
from tests.builders.learning import COURSE, begin, open_check, the_course
from tests.conftest import Site

HARD, CALM = f"{COURSE}/lessons/reactions-and-recovery", f"{COURSE}/lessons/what-pfa-is"
PATHS = ("/courses", COURSE, CALM, HARD, "/certificates", "/account", "/pause", "/support", "/display")


def words_of(page: object, selector: str) -> list[str]:
    return [" ".join("".join(node.itertext()).split()) for node in page.find(selector)]  # type: ignore[attr-defined]


def test_every_lesson_says_how_long_that_nothing_runs_what_comes_next_and_what_is_kept(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    begin(sam)
    with sqlite_site.inside():
        lessons = the_course().lessons
    for lesson in lessons:
        page = sam.get(f"{COURSE}/lessons/{lesson.id}")
        facts = words_of(page, ".facts li")
        assert facts[0].startswith("About ") and "minute" in facts[0] and facts[1] == "No time limit", lesson.id
        assert "What happens next" in words_of(page, ".onward h2")
        assert "We only save that you’ve done this lesson, and when" in page.main


def test_the_check_says_the_same_before_it_begins(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    begin(sam)
    page = sam.get(f"{COURSE}/check")
    facts = words_of(page, ".facts li")
    assert facts[0].startswith("About ") and facts[1] == "No time limit"
    assert {"What happens next", "Who can see it"} <= set(words_of(page, "main h2"))
    assert "Only you see your answers" in page.main


def test_places_keep_their_order_and_their_names_on_every_page(sqlite_site: Site) -> None:
    for name in ("sam", "cora"):
        visitor = sqlite_site.visitor(name)
        begin(visitor)
        pages = [visitor.get(path) for path in PATHS]
        pages += [open_check(visitor), visitor.get("/nowhere", expect=404)]
        for selector in ("nav.nav > ul a", ".sheet > ul a", ".foot ul a"):
            assert len({tuple(words_of(page, selector)) for page in pages}) == 1, selector
        for page in pages:
            inside = words_of(page, "nav.care ul a")
            assert inside[:2] == ["Pause", "Support lines"]
            assert page.find("dialog[open]") == []


def test_after_a_hard_lesson_stand_a_closing_line_one_small_step_and_both_ways_out(sqlite_site: Site) -> None:
    stranger = sqlite_site.stranger()
    with sqlite_site.inside():
        lessons = the_course().lessons
    assert any(lesson.content_note.heavy for lesson in lessons)
    for lesson in lessons:
        page = stranger.get(f"{COURSE}/lessons/{lesson.id}")
        after = page.find("section[aria-labelledby=after-it]")
        assert bool(after) == lesson.content_note.heavy, lesson.id
        if after:
            assert "One small thing" in "".join(after[0].itertext())
            assert [link.get("href").split("?")[0] for link in after[0].iter("a")] == ["/pause", "/support"]


def test_a_shared_device_says_when_it_signs_out_and_staying_is_one_press(site: Site) -> None:
    sam, own = site.visitor("sam"), site.visitor("lena", own_device=True)
    for path in (CALM, "/courses"):
        assert "about half an hour after the last page you open" in sam.get(path).html
        assert "half an hour" not in own.get(path).html
    clock.shift(timedelta(minutes=4))
    assert sam.get(CALM).form("/account/stay").submit().path == CALM
    clock.shift(timedelta(minutes=37))
    assert sam.get("/account").path == "/account"


def test_the_programmes_person_stands_on_pause_and_support_with_how_soon_they_reply(sqlite_site: Site) -> None:
    facts = {"contact": "peer@harbour.example", "reply_time": "within two working days", "hours": "Weekdays"}
    sqlite_site.do(accounts.set_programme, "harbour", None, facts)
    sam = sqlite_site.visitor("sam")
    for path in ("/pause", "/support"):
        page = sam.get(path)
        assert "Talk to a person you know" in page.main and "Ingrid Okafor" in page.main
        assert "Replies within two working days." in page.main
        assert page.links()["peer@harbour.example"] == "mailto:peer@harbour.example"


@pytest.mark.parametrize("path", [COURSE, CALM, "/sign-in", "/verify"])
def test_no_page_counts_down_or_reloads_itself(sqlite_site: Site, path: str) -> None:
    html = sqlite_site.stranger().get(path).html
    assert 'http-equiv="refresh"' not in html and "setInterval" not in html
