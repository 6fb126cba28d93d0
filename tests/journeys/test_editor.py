"""The editor of a draft's file in a browser: problems while typing, saving, two writers, inserting, keyboard alone."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import looking, walks
from tests.journeys.conftest import Opens
from tests.journeys.hands import Mouse
from tests.journeys.served import Served

pytestmark = pytest.mark.browser
TEXT = ".cm-content"


def open_editor(served: Served, opens: Opens) -> Page:
    """Start a draft as Tara and open its first lesson."""
    page = opens(viewport={"width": 1280, "height": 900}).new_page()
    hands = Mouse(page)
    walks.sign_in(hands, served, "tara")
    page.goto(f"{served.url}/programmes/harbour/drafts/new")
    page.locator("input[name=way][value=starter]").check()
    for label, words in (("Title of the course", "Nights"), ("Who is it for", "Us."), ("What is it about", "Nights.")):
        page.get_by_label(label).fill(words)
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("link", name="A first lesson", exact=True).click()
    page.locator(TEXT).wait_for()
    return page


def says(page: Page, words: str) -> None:
    page.locator("[data-says]").get_by_text(words).wait_for()


def seconds_to_a_problem(page: Page, tag: str) -> float:
    """Write a tag in place of the last line; return how long its problem takes to be in the gutter and the list."""
    page.keyboard.press("Control+End")
    page.keyboard.press("Shift+Home")
    begun = time.monotonic()
    page.keyboard.type(f"Some <{tag}> words.")
    page.locator("[data-problems] li").filter(has_text=f"“<{tag}>”").wait_for()
    page.locator(".signs .sign.error").first.wait_for()
    return time.monotonic() - begun


def test_tara_types_sees_a_problem_at_its_place_mends_it_and_finds_all_of_it_saved(
    served: Served, opens: Opens
) -> None:
    page = open_editor(served, opens)
    refused = []
    page.on("console", lambda told: refused.append(told.text) if "Content Security Policy" in told.text else None)
    page.locator(TEXT).focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("\n")
    # The first check of a worker loads what it needs; a second is what each later one may take.
    assert min(seconds_to_a_problem(page, tag) for tag in ("i", "u", "b")) < 1
    problem = page.locator("[data-problems] li").filter(has_text="RAW_HTML")
    here = page.locator("a[aria-current]")
    count = page.locator("nav.outline li", has=here).locator(".count")
    expect(count).to_have_text("1 problem")
    page.evaluate("scrollTo(0, 0)")
    assert looking.axe_finds(page) == []
    # By keyboard: F8 goes there, says it, and Escape closes the words; Tab leaves the text, and comes back.
    page.keyboard.press("Control+Home")
    page.keyboard.press("F8")
    expect(page.locator(".problems-here")).to_contain_text("would be removed")
    expect(page.locator("[data-here]")).to_contain_text("would be removed")
    page.keyboard.press("Escape")
    expect(page.locator(".problems-here")).to_have_count(0)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.cm-editor')") is None
    page.keyboard.press("Shift+Tab")
    page.locator(f"{TEXT}:focus").wait_for()
    says(page, "Draft saved")
    page.keyboard.press("Control+End")
    page.keyboard.press("Shift+Home")
    page.keyboard.type("Some words in plain text.")
    expect(problem).to_have_count(0)
    expect(page.locator(".signs .sign")).to_have_count(0)
    page.keyboard.press("Control+s")
    # What stands beside the text follows, without a reload.
    expect(count).to_have_count(0)
    page.get_by_text("title: A first lesson", exact=True).click()
    page.keyboard.press("End")
    page.keyboard.type(" of two")
    expect(page.get_by_role("heading", level=1)).to_have_text("A first lesson of two")
    expect(page.locator("nav.outline li", has=here)).to_have_text("A first lesson of two")
    expect(page).to_have_title("A first lesson of two – Nights – Sidelight")
    says(page, "Draft saved")
    page.reload()
    page.locator(TEXT).get_by_text("Some words in plain text.").wait_for()
    assert refused == []


def test_what_is_inserted_goes_to_the_cursor_and_two_writers_lose_nothing(served: Served, opens: Opens) -> None:
    page = open_editor(served, opens)
    page.locator(TEXT).focus()
    page.keyboard.press("Control+End")
    page.get_by_role("button", name="Callout").click()
    asked = page.locator("dialog[data-insert]")
    asked.get_by_role("button", name="Insert").click()
    asked.get_by_role("alert").get_by_text("Write the text of the callout.").wait_for()
    asked.get_by_text("Take care: what not to do").click()
    asked.get_by_label("Text").fill("Don’t press anyone.")
    asked.get_by_role("button", name="Insert").click()
    page.locator(TEXT).get_by_text("press anyone.").wait_for()
    says(page, "Draft saved")
    other = page.context.new_page()
    other.goto(page.url)
    other.locator(TEXT).focus()
    other.keyboard.press("Control+End")
    other.keyboard.type("From another window.")
    says(other, "Draft saved")
    page.locator(TEXT).focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("From this one.")
    says(page, "somebody else has changed")
    page.get_by_role("button", name="Combine both texts").click()
    page.get_by_role("heading", name="Two texts of").wait_for()
    assert "From this one." in page.locator("textarea").input_value()


# Where it's uploaded, the label of the field, what's chosen there, what's said of it, and what the line does meanwhile.
UPLOADS = [
    ("Pictures", "Picture", ("IMG_1.heic", b"\0\0\0\x18ftypheic", 2), "is a HEIC picture from a phone", ""),
    ("Pictures", "Picture", ("photo.jpg", b"\xff\xd8\xff\xe0", 30), "30 MB, which is more than this site takes", ""),
    ("Recordings", "Recording", ("dana.mp3", b"ID3", 7), "The connection was lost, so nothing was changed", "lost"),
    ("Recordings", "Recording", ("dana.mp3", b"ID3", 7), "[dana](media/dana.mp3)", ""),
]


def test_large_files_say_how_it_went_and_an_ended_session_costs_tara_no_word(
    served: Served, opens: Opens, tmp_path: Path
) -> None:
    page = open_editor(served, opens)
    page.context.clear_cookies()
    page.locator(TEXT).focus()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("\n“Typed too late”\u00a0…\n•\tA point from Word")
    says(page, "Your text is still on this page. Sign in again in another tab")
    walks.sign_in(Mouse(page.context.new_page()), served, "tara")
    page.keyboard.press("Control+s")
    says(page, "Draft saved")
    page.locator("[data-problems]").get_by_text("PASTED_BULLET").wait_for()
    draft = page.url.partition("/files/")[0]
    for where, label, (name, beginning, megabytes), said, line in UPLOADS:
        (tmp_path / name).write_bytes(beginning + bytes(megabytes * 1024 * 1024))
        page.goto(f"{draft}/{where.lower()}")
        if line:
            page.route("**/recordings?*", lambda route: route.abort("connectionreset"))
        page.get_by_label(label, exact=True).first.set_input_files(tmp_path / name)
        page.get_by_role("button", name="Add", exact=True).click()
        page.get_by_text(said).first.wait_for()
        page.unroute_all()
    page.goto(f"{draft}/files/1-first-steps/1-a-first-lesson.md")
    page.locator(TEXT).get_by_text("A point from Word").wait_for()
