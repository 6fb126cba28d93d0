"""How the screen looks goes with the account to a new device, and leaves a device alone that has its own choice."""

from __future__ import annotations

from tests.builders.learning import COURSE
from tests.conftest import PASSWORD, Inspector, Site


def cookie_of(browser: Inspector) -> str | None:
    found = browser.browser.get_cookie("display", domain="127.0.0.1")
    return found.value if found else None


def arrive(site: Site, own_device: bool, before: dict[str, str] | None = None) -> Inspector:
    browser = Inspector(site.app, "sam again")
    form = browser.get("/sign-in")
    if before:
        form = form.form("/display").submit(**before)
    form = form.form("/sign-in")
    extra = {"own_device": form.choices["own_device"][0]} if own_device else {}
    form.submit(email="sam@example.org", password=PASSWORD, **extra)
    return browser


def test_sams_choice_is_there_on_her_next_device(site: Site) -> None:
    site.visitor("sam").get("/display").form("/display").submit(size="larger", space="wide", leave="yes")
    again = arrive(site, own_device=True)
    assert cookie_of(again) == "larger.plain.device.full.always.wide"
    assert again.get(COURSE).tree.get("data-size") == "larger"
    shared = arrive(site, own_device=False).browser.get_cookie("display", domain="127.0.0.1")
    assert shared is not None and shared.max_age is None


def test_a_device_that_has_a_choice_keeps_it_and_lenas_account_has_none_of_sams(sqlite_site: Site) -> None:
    sqlite_site.visitor("sam").get("/display").form("/display").submit(size="larger")
    assert cookie_of(arrive(sqlite_site, True, {"size": "smaller"})) == "smaller.plain.device.full.tagged.set"
    assert cookie_of(sqlite_site.visitor("lena")) is None


def test_saving_from_the_menu_says_so_once_on_the_page_where_it_was_opened(sqlite_site: Site) -> None:
    sam, saved = sqlite_site.visitor("sam"), "Your display settings apply to every page"
    sam.get(f"{COURSE}/lessons/what-pfa-is")
    page = sam.get("/courses?here=1").form("/display").submit(size="larger")
    assert page.path.startswith("/courses") and "here=1" in page.path and saved in page.main
    assert dict(page.form("/display").fields)["next"] == "/courses?here=1"
    assert saved not in sam.get("/courses").main
    page = sam.get("/display").form("/display").submit(size="set")
    assert page.path.startswith("/display") and saved in page.main
