"""Care on every page: a pause and support lines that keep one's place, and a display that stays on the device."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.accounts.actions import set_programme
from lms.wellbeing.rules import Display, choose_display, read_display
from tests.builders.learning import COURSE, begin, open_check
from tests.conftest import Site
from tests.inspector import squeezed

LESSON = f"{COURSE}/lessons/listen-without-pressing"


@pytest.mark.parametrize("path", ["/courses", COURSE, LESSON, "/verify/0123456789ABCDEF", "/nowhere", "/who-sees-what"])
def test_every_page_has_pause_and_support_lines_and_they_lead_back(sqlite_site: Site, path: str) -> None:
    stranger = sqlite_site.stranger()
    status = 404 if path.startswith(("/verify/", "/nowhere")) else 200
    page = stranger.get(path, expect=status)
    for name in ("Pause", "Support lines"):
        back = page.follow(name).links()["Back to where I was"]
        assert back == (path if path != "/nowhere" else "/")


def test_saving_a_setting_says_so_on_its_page_and_announces_it(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    for path in ("/account", "/account/letters", "/account/ways", "/display"):
        # The display settings are in the menu as well; the page's own form comes after it.
        form = [form for form in sam.get(path).forms if form.action == path][-1]
        saved = form.submit()
        assert saved.path.split("?")[0] == path
        (status,) = saved.find("main > [role=status]")
        assert "Saved." in "".join(status.itertext()), path
    assert not sam.get("/account").find("main > [role=status]")


def test_a_pause_in_the_middle_of_the_check_keeps_the_question(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    begin(sam)
    page = open_check(sam)
    paused = page.follow("Pause")
    again = paused.follow("Support lines").follow("Back to where I was")
    for resting in (paused, again):
        assert resting.h1 == paused.h1
        back = resting.follow("Back to where I was")
        assert (back.path, back.h1) == (page.path, page.h1)


def test_the_pause_offers_outer_senses_first_and_breath_last(sqlite_site: Site) -> None:
    page = sqlite_site.stranger().get("/pause")
    offers = ["".join(node.itertext()) for node in page.find(".anchors h2")]
    assert offers[0] == "Look" and "Breathe" in offers[-1] and "only if" in offers[-1] and len(offers) >= 4


def test_sams_support_page_names_her_programmes_lead_and_a_strangers_does_not(sqlite_site: Site) -> None:
    assert "Ingrid Okafor" in sqlite_site.visitor("sam").get("/support").main
    assert "Ingrid Okafor" not in sqlite_site.stranger().get("/support").html


def test_every_place_has_its_lines_and_says_when_they_were_checked(sqlite_site: Site) -> None:
    stranger = sqlite_site.stranger()
    form = stranger.get("/support").form("/support")
    for place in [code for code in form.choices["place"] if code]:
        page = form.submit(place=place)
        assert page.find("main a[href^='tel:']"), place
        assert "Checked on" in page.main or "without a date" in page.main
        assert "If nobody answers, call" in page.main
    assert stranger.get("/support?place=nowhere").h1


def test_the_display_is_kept_on_this_device_alone_and_shows_on_the_next_page(sqlite_site: Site) -> None:
    stranger = sqlite_site.stranger()
    page = (
        stranger.get(COURSE)
        .form("/display")
        .submit(size="larger", face="book", light="dark", quiet="yes", space="wide")
    )
    assert page.path == f"{COURSE}?display=saved"
    root = page.tree
    assert (root.get("data-size"), root.get("data-face"), root.get("data-light")) == ("larger", "book", "dark")
    assert root.get("data-quiet") is not None and root.get("data-space") is not None
    cookie = stranger.browser.get_cookie("display", domain="127.0.0.1")
    assert cookie is not None and cookie.value == "larger.book.dark.quiet.tagged.wide"
    assert sqlite_site.stranger().get(COURSE).tree.get("data-size") is None


@given(cookie=st.text(max_size=60))
def test_any_cookie_reads_as_some_display_and_back(cookie: str) -> None:
    display = read_display(cookie)
    assert isinstance(display, Display) and read_display(display.as_cookie()) == display


@pytest.mark.parametrize("old", ["larger.book.dark.quiet", "larger.book", "larger.book.dark.quiet.tagged.set.more"])
def test_a_cookie_of_another_version_keeps_what_it_says(old: str) -> None:
    assert read_display(old).size == "larger" and read_display(old).face == "book"


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_unknown_choices_are_as_designed(size: str, face: str, light: str, quiet: str) -> None:
    assert choose_display(f"{size}?", f"{face}?", f"{light}?", f"{quiet}?") == Display()


def test_the_pause_names_the_programmes_own_person_and_no_other_page_carries_it(sqlite_site: Site) -> None:
    facts = {"lead": "Ingrid Okafor", "contact": "peer@harbour.example", "reply_time": "within two days"}
    sqlite_site.do(set_programme, "harbour", None, facts, None)
    sam = sqlite_site.visitor("sam")
    pause = sam.get("/pause")
    assert len(pause.find("main [data-ideas] .anchors li .line")) == 5
    (person,) = pause.find("main [data-person]")
    words = squeezed(" ".join(person.itertext()))
    assert "Ingrid Okafor" in words and "Replies within two days." in words
    (dialog,) = sam.get("/courses").find("dialog.rest")
    assert "Ingrid" not in " ".join(dialog.itertext()) and not dialog.findall(".//li")
    sqlite_site.do(set_programme, "harbour", None, {"lead": "Amara Nwosu"}, None)
    assert "Amara Nwosu" in sam.get("/pause").main and "Ingrid" not in sam.get("/pause").main
    assert "Amara" not in sqlite_site.stranger().get("/pause").main
