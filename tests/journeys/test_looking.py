"""The eyes of the page tests are tested too: each seeded fault has to be seen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys import looking
from tests.journeys.conftest import Opens
from tests.journeys.served import Served
from tests.journeys.window import SIZE, Window

pytestmark = pytest.mark.browser

AXE_SEES = {
    "heading-order": "<h4>Too deep</h4>",
    "color-contrast": "<p style='color:#999;background:#fff'>Pale</p>",
    "color-contrast-enhanced": "<p style='color:#767676;background:#fff'>Not quite strong enough</p>",
    "label": "<input>",
    "target-size": "<p><button style='all:unset;display:inline-block;width:14px;height:14px'>a</button>"
    "<button style='all:unset;display:inline-block;width:14px;height:14px'>b</button></p>",
    "meta-refresh": "<meta http-equiv=refresh content='300'>",
}
PALE_IN_THE_DARK = """<style>@media (prefers-color-scheme: dark) {
  .pale { color: #555; background: #333 }
  .weak { color: #bbb; background: #444 }
}</style>
<p class=pale>Pale</p><p class=weak>Not strong enough</p>"""
PALE_RULES = ('color-contrast: <p class="pale', 'color-contrast-enhanced: <p class="weak')
LEAVE_BEHIND = """async () => {
  const put = (where) => {
    localStorage[where] = sessionStorage[where] = "here";
    document.cookie = `${where}=here; path=/`;
    window.name = where;
  };
  put("before");
  addEventListener("pagehide", () => put("leaving"));
  await (await caches.open("before")).put("/kept", new Response("kept"));
  await navigator.serviceWorker.register("/sw.js");
}"""
FOUND = """async () => [
  ...Object.keys(localStorage), ...Object.keys(sessionStorage), document.cookie, window.name, ...await caches.keys(),
  ...(await navigator.serviceWorker.getRegistrations()).map(({ scope }) => scope),
  matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "", innerWidth,
].filter(Boolean)"""


@pytest.fixture
def page(served: Served, opens: Opens) -> Page:
    """A page of the site that is whole, on a phone."""
    opened = opens(viewport={"width": 320, "height": 640}, bypass_csp=True).new_page()
    opened.add_init_script("window.beats = 0; window.setInterval = () => { window.beats += 1; }")
    opened.goto(f"{served.url}/about-the-certificate")
    return opened


def seed(page: Page, html: str) -> None:
    """Put a fault into the main part."""
    page.locator("main").evaluate("(main, html) => main.insertAdjacentHTML('beforeend', html)", html)


@pytest.mark.parametrize("rule", AXE_SEES)
def test_axe_sees(page: Page, rule: str) -> None:
    assert looking.axe_finds(page) == []
    seed(page, AXE_SEES[rule])
    assert any(rule in fault for fault in looking.axe_finds(page))


@pytest.mark.parametrize("light", ["light", "dark"])
def test_axe_sees_what_is_pale_in_the_dark_alone(page: Page, light: str) -> None:
    seed(page, PALE_IN_THE_DARK)
    looking.look(page, 320, light)
    faults = looking.axe_finds(page, looking.DARK_PHONE_RULES)
    assert [any(rule in fault for fault in faults) for rule in PALE_RULES] == [light == "dark"] * len(PALE_RULES), (
        faults
    )


def test_what_stands_beyond_the_edge_or_is_cut_is_seen(page: Page) -> None:
    assert looking.measured(page, "doesNotFit") == []
    seed(page, "<p style='white-space:nowrap'>A line that never breaks, however narrow the phone may be</p>")
    assert any("beyond the edge: p. A line" in fault for fault in looking.measured(page, "doesNotFit"))
    seed(page, "<p style='height:1.6em;overflow:hidden'>Cut as soon as the lines grow, and on a phone before</p>")
    assert any("cut off" in fault and "Cut as soon" in fault for fault in looking.measured(page, "doesNotFit"))


def test_a_small_button_is_seen(page: Page) -> None:
    assert looking.measured(page, "smallTargets") == []
    seed(page, "<button style='min-height:0;height:30px'>Small</button>")
    assert len(looking.measured(page, "smallTargets")) == 1


def test_a_link_without_a_ring_is_seen(page: Page) -> None:
    assert looking.lost_on_tab(page, "Tab") == []
    seed(page, "<a href='#x' style='outline:0!important'>No ring</a>")
    assert any("no ring on a. No ring" in fault for fault in looking.lost_on_tab(page, "Tab"))


def test_focus_under_the_strip_is_seen_on_the_way_back(page: Page) -> None:
    links = "".join(f"<p><a href='#{n}'>Link {n}</a></p>" for n in range(40))
    seed(page, links)
    page.evaluate("document.documentElement.style.scrollPadding = '0'")
    assert looking.lost_on_tab(page, "Tab") == []
    assert any("hidden" in fault for fault in looking.lost_on_tab(page, "Shift+Tab"))


def test_what_moves_or_asks_elsewhere_is_seen(page: Page) -> None:
    assert looking.measured(page, "restless") == []
    seed(page, "<p>Moving</p><audio autoplay></audio>")
    page.locator("text=Moving").evaluate("node => node.animate([{opacity: 0}, {opacity: 1}], {duration: 9e9})")
    page.evaluate("setInterval(() => 1, 1000)")
    told = looking.measured(page, "restless")
    assert [word for word in ("animation", "audio", "setInterval") if not any(word in one for one in told)] == []


def test_what_a_longer_language_would_push_out_is_seen_and_the_words_come_back(page: Page) -> None:
    before = page.locator("main").inner_text()
    assert looking.measured(page, "doesNotFitTranslated") == []
    assert page.locator("main").inner_text() == before
    seed(page, "<p><span style='white-space:nowrap;font-size:16px'>It fits in English by a hair, no more</span></p>")
    assert looking.measured(page, "beyondTheEdge") == []
    assert any("with longer words: span. [" in fault for fault in looking.measured(page, "doesNotFitTranslated"))


def test_an_emptied_window_knows_nothing_of_the_page_before(served: Served, browser: Browser) -> None:
    window = Window(browser, served.url)
    page = window.emptied(0)
    page.goto(f"{served.url}/about-the-certificate")
    page.evaluate(LEAVE_BEHIND)
    looking.look(page, 320, "dark")
    before = page.evaluate(FOUND)
    assert window.emptied(0) is page
    page.goto(f"{served.url}/about-the-certificate")
    after = page.evaluate(FOUND)
    window.close()
    assert len(before) == 8 and after == [SIZE["width"]], (before, after)
