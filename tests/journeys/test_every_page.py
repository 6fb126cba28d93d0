"""Every page in every state: axe finds nothing, everything fits on a phone, nothing moves and focus is never lost."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys import looking
from tests.journeys.people import People
from tests.journeys.sign_in_states import SIGN_IN_STATES
from tests.journeys.states import STATES as OTHER_STATES
from tests.journeys.states import open_state
from tests.journeys.window import Window

pytestmark = pytest.mark.browser
STATES = (*OTHER_STATES, *SIGN_IN_STATES)
NAMES = [state.name for state in STATES]
REACHED_BY_STEPS = {
    "learning.question",
    "learning.check_all",
    "learning.answers",
    "learning.result",
    "learning.debrief",
}
# They answer with a file, with JSON or with another address.
NOT_PAGES = {
    "static",
    "healthz",
    "readyz",
    "metrics",
    "library.media",
    "coordination.people_csv",
    "coordination.people_xlsx",
    "coordination.assignment_csv",
    "coordination.example_import",
    "coordination.colour_sheet",
    "coordination.site_email_html",
    "certification.document",
}
NOT_PAGES |= {"certification.badge", "certification.issuer", "certification.keys", "certification.status_list"}
NOT_PAGES |= {"certification.suspension_list"}
NOT_PAGES |= {"learning.course_on_device", "learning.device", "learning.worker", "accounts.own_data_file"}
NOT_PAGES |= {"certification.scan", "certification.short_address", "certification.transcript_pdf"}
NOT_PAGES |= {
    "certification.design_picture",
    "certification.picture",
    "coordination.batch_file",
    "accounts.passkey_challenge",
}
NOT_PAGES |= {"authoring.check_draft", "authoring.draft_files_zip", "authoring.version_zip"}
NOT_PAGES |= {"authoring.draft_questions_file", "authoring.exchange_file", "authoring.workshop_pack_file"}
WIDE, PHONE = 1280, 320
LIGHTS = ("light", "dark", "quiet")
FITS = ("doesNotFit", "doesNotFitTranslated")


@pytest.fixture(scope="module")
def window(page_browser: Browser, people: People) -> Iterator[Window]:
    """The window in which all states are opened."""
    opened = Window(page_browser, people.served.url)
    yield opened
    opened.close()


@pytest.fixture(params=STATES, ids=NAMES)
def page(request: pytest.FixtureRequest, window: Window, people: People) -> Page:
    """A page in one of its states."""
    opened = window.emptied(request.session.testsfailed)
    open_state(opened, people, request.param)
    return opened


def test_a_page_is_open_to_everybody_by_day_and_by_night(page: Page) -> None:
    faults = [f"it moves: {one}" for one in looking.measured(page, "restless")]
    looking.look(page, WIDE, "light")
    faults += [f"light, wide: {one}" for one in looking.axe_finds(page)]
    looking.look(page, PHONE, "dark")
    faults += [f"dark, phone: {one}" for one in looking.axe_finds(page, looking.DARK_PHONE_RULES)]
    faults += [f"phone: {one}" for what in FITS for one in looking.measured(page, what)]
    faults += [f"small: {one}" for one in looking.measured(page, "smallTargets")]
    for width in (PHONE, WIDE):
        looking.look(page, width, "dark", "rtl")
        faults += [f"from right to left, {width}: {one}" for one in looking.measured(page, "beyondTheEdge")]
    assert not faults, "\n".join(faults)


@pytest.mark.slow
def test_a_page_is_open_to_everybody_in_every_light_width_and_direction(page: Page) -> None:
    faults = []
    for light, width, direction in product(LIGHTS, (WIDE, PHONE), ("ltr", "rtl")):
        looking.look(page, width, light, direction)
        told = looking.axe_finds(page) + [f"beyond the edge: {one}" for one in looking.measured(page, "beyondTheEdge")]
        faults += [f"{light}, {width}, {direction}: {one}" for one in told]
    assert not faults, "\n".join(faults)


def some(*names: str) -> pytest.MarkDecorator:
    """Choose the states with these names."""
    chosen = [state for state in STATES if state.name in names]
    assert len(chosen) == len(names)
    return pytest.mark.parametrize("page", chosen, ids=[state.name for state in chosen], indirect=True)


@some(
    "home",
    "home with the menu open",
    "lesson with a content note",
    "course, in the middle",
    "conversation in the middle",
    "question: several answers",
    "all questions",
    "people",
    "account",
    "verify: valid",
)
@pytest.mark.parametrize("width", [PHONE, WIDE])
def test_focus_can_be_seen_on_the_way_down_and_on_the_way_back(page: Page, width: int) -> None:
    looking.look(page, width, "light")
    faults = looking.lost_on_tab(page, "Tab")
    faults += looking.lost_on_tab(page, "Shift+Tab")
    assert not faults, "\n".join(faults)


@pytest.fixture(scope="module")
def large_text_window(large_text_browser: Browser, people: People) -> Iterator[Window]:
    """The window of a reader whose text is twice the usual size."""
    opened = Window(large_text_browser, people.served.url)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    "name",
    [
        "home",
        "home with the menu open",
        "courses",
        "course, in the middle",
        "lesson with a content note",
        "conversation in the middle",
        "question: several answers",
        "all questions",
        "people",
        "account",
        "verify: valid",
    ],
)
def test_text_twice_as_large_fits_at_1280(
    name: str, large_text_window: Window, people: People, request: pytest.FixtureRequest
) -> None:
    opened = large_text_window.emptied(request.session.testsfailed)
    open_state(opened, people, STATES[NAMES.index(name)])
    assert opened.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") >= 32
    looking.look(opened, WIDE, "light")
    faults = [f"text twice as large: {one}" for what in FITS for one in looking.measured(opened, what)]
    assert not faults, "\n".join(faults)


def test_no_page_of_the_site_is_left_out(people: People) -> None:
    adapter = people.served.site.app.url_map.bind("127.0.0.1")
    codes = {"invitation": people.invitation, **people.codes}
    shown = [state.address.format(**codes).partition("?")[0] for state in STATES]
    seen = {adapter.match(path)[0] for path in shown if adapter.test(path)} | REACHED_BY_STEPS
    pages = {rule.endpoint for rule in people.served.site.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert pages - NOT_PAGES == seen
