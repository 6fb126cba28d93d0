""" "Leave this page" and "Pause" in a real browser: one goes at once, the other stays and keeps everything."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.journeys import walks
from tests.journeys.conftest import Opens
from tests.journeys.hands import Mouse
from tests.journeys.saving import open_first_question
from tests.journeys.served import Served
from tests.journeys.states import COURSE

pytestmark = pytest.mark.browser
LEAVE = f"{COURSE}/lessons/when-it-is-more-than-pfa"
AWAY = "https://www.wikipedia.org/"
# Notes, after the page's own handler, whether the page is blank by then, and how long that took once the click arrived.
WATCH = """() => {
  let began;
  addEventListener("click", () => { began = performance.now(); }, true);
  addEventListener("click", () => localStorage.setItem("blank",
    document.body.offsetHeight || document.title.trim() || performance.now() - began));
}"""
ON_TOP = """() => {
  const link = document.querySelector("nav.care .out a[data-leave]"), box = link.getBoundingClientRect();
  const found = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return link.contains(found) && box.height >= 44;
}"""
STATE = "[...document.querySelectorAll('main input:not([type=hidden])')].map((field) => field.checked)"


def quiet_net(context: BrowserContext) -> BrowserContext:
    """Answer for the other site, so that nothing leaves this machine."""
    context.route(f"{AWAY}**", lambda route: route.fulfill(body="<title>Elsewhere</title>", content_type="text/html"))
    return context


@pytest.fixture
def page(served: Served, opens: Opens) -> Iterator[Page]:
    found = quiet_net(opens(viewport={"width": 390, "height": 800})).new_page()
    found.goto(served.url + COURSE)
    found.goto(served.url + LEAVE)
    return found


def test_a_click_blanks_the_page_at_once_and_back_does_not_lead_to_it(page: Page, served: Served) -> None:
    page.evaluate(WATCH)
    page.click("nav.care .out a[data-leave]")
    page.wait_for_url(AWAY)
    page.go_back()
    assert page.url == served.url + COURSE
    assert 0 <= float(page.evaluate("localStorage.getItem('blank')")) < 100


def test_three_presses_of_shift_leave_and_typing_capitals_does_not(page: Page) -> None:
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<textarea id=t></textarea>')")
    page.focus("#t")
    for letter in "STAYHERE":
        page.keyboard.down("Shift")
        page.keyboard.press(letter)
        page.keyboard.up("Shift")
    for _time in range(2):
        page.keyboard.press("Shift")
    page.keyboard.press("a")
    for _time in range(2):
        page.keyboard.press("Shift")
    assert page.input_value("#t") == "STAYHEREa" and page.locator("main").is_visible()
    page.keyboard.press("Shift")
    page.wait_for_url(AWAY)


def test_presses_far_apart_do_not_add_up(served: Served, opens: Opens) -> None:
    context = quiet_net(opens())
    page = context.new_page()
    page.goto(served.url + LEAVE)
    press = """at => { for (const kind of ["keydown", "keyup"]) { const event = new KeyboardEvent(kind, {key: "Shift"});
      Object.defineProperty(event, "timeStamp", {value: at}); dispatchEvent(event); } }"""
    for at in (1000, 2000, 8000, 9000, 15000):
        page.evaluate(press, at)
    assert page.locator("main").is_visible()
    page.evaluate(press, 16000)
    page.evaluate(press, 17000)
    page.wait_for_url(AWAY)


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_ever_covers_it(served: Served, opens: Opens, width: int) -> None:
    page = opens(viewport={"width": width, "height": 700}).new_page()
    page.goto(served.url + LEAVE)
    height = page.evaluate("document.documentElement.scrollHeight")
    for part in (0, 0.5, 1):
        page.evaluate("y => scrollTo(0, y)", height * part)
        assert page.evaluate(ON_TOP), part
    page.evaluate("scrollTo(0, 0)")
    page.click("nav.care a[data-pause]")
    assert page.evaluate(ON_TOP), "while pausing"
    page.click("dialog.rest button")
    page.click("summary:text-is('Menu')")
    assert page.evaluate(ON_TOP), "under the open menu"
    page.emulate_media(media="print")
    assert not page.locator("nav.care .out a[data-leave]").is_visible()


def test_without_scripts_it_is_a_link_and_the_pause_a_page(served: Served, opens: Opens) -> None:
    page = quiet_net(opens(java_script_enabled=False)).new_page()
    page.goto(served.url + LEAVE)
    page.click("nav.care a[data-pause]")
    assert page.locator("h1").inner_text() == "Pause here as long as you like"
    page.click("main a:text-is('Back to where I was')")
    assert page.url == served.url + LEAVE
    page.click("nav.care .out a[data-leave]")
    assert page.url == AWAY


def test_the_page_shown_again_from_the_browsers_memory_is_not_blank(page: Page) -> None:
    page.evaluate("document.body.hidden = true; document.title = ''; dispatchEvent(new Event('pageshow'))")
    assert page.locator("main").is_visible() and page.title()


def test_a_pause_keeps_the_place_and_what_was_written_and_asks_only_for_its_ideas(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<textarea id=t></textarea>')")
    page.fill("#t", "half a sentence")
    page.evaluate("scrollTo(0, 900)")
    assert page.locator("dialog[open]").count() == 0
    page.evaluate("document.querySelector('nav.care a[data-pause]').click()")
    page.locator("dialog.rest").wait_for()
    assert not page.locator("main").is_visible() and page.locator("dialog.rest .anchors li").count() == 5
    assert page.evaluate("document.activeElement.id") == "rest-head"
    assert page.evaluate("document.getAnimations().length + document.querySelectorAll('audio,video').length") == 0
    page.keyboard.press("Escape")
    assert page.locator("main").is_visible() and not page.locator("dialog.rest").is_visible()
    assert page.evaluate("Math.round(scrollY)") == 900 and page.input_value("#t") == "half a sentence"
    assert page.evaluate("document.activeElement.hasAttribute('data-pause')")
    page.evaluate("document.querySelector('nav.care a[data-pause]').click()")
    page.locator("dialog.rest").wait_for()
    assert [address.partition("?")[0] for address in asked] == [page.url.partition("/courses")[0] + "/pause"]


def test_a_pause_with_a_script_offers_as_much_as_the_page_without_one(served: Served, opens: Opens) -> None:
    served.lms("programme", "set", "harbour", "lead=Ingrid Okafor")
    hands = Mouse(opens().new_page())
    open_first_question(hands, served, "sam")
    hands.named("Pause").click()
    hands.page.locator("dialog.rest").wait_for()
    opened = [hands.page.locator(f"dialog.rest {part}").inner_text() for part in ("[data-ideas]", "[data-person]")]
    hands.page.goto(f"{served.url}/pause")
    without = [hands.page.locator(f"main {part}").inner_text() for part in ("[data-ideas]", "[data-person]")]
    assert opened == without and all(opened)


def test_a_pause_opens_on_the_page_when_the_network_does_not_answer(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<textarea id=t></textarea>')")
    page.fill("#t", "half a sentence")
    for broken in ("abort", "never"):
        page.route("**/pause?*", lambda route, broken=broken: route.abort() if broken == "abort" else None)
        page.evaluate("document.querySelector('nav.care a[data-pause]').click()")
        page.locator("dialog.rest").wait_for()
        assert page.locator("dialog.rest a:text-is('Support lines')").is_visible(), broken
        page.click("dialog.rest button")
        assert page.input_value("#t") == "half a sentence"
        page.unroute("**/pause?*")


def test_a_pause_in_the_check_sends_the_last_answer_and_changes_nothing_else(served: Served, opens: Opens) -> None:
    hands = Mouse(opens().new_page())
    fields = open_first_question(hands, served, "mina")
    # Saving by itself never comes: what is sent now is sent because of the pause.
    hands.page.evaluate("window.setTimeout = () => 0")
    walks.fill_in(hands, fields)
    before, address = hands.page.evaluate(STATE), hands.page.url
    with hands.page.expect_response(lambda answer: answer.request.method == "POST") as sent:
        hands.named("Pause").click()
    assert sent.value.json()["saved"] is True
    hands.named("Back to where I was").click()
    assert (hands.page.evaluate(STATE), hands.page.url) == (before, address)
