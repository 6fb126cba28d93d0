"""A course kept on one's own device opens without a network, answers arrive once, and a shared device keeps nothing."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Route

from lms.learning.check.actions import open_check
from tests.builders.learning import PFA, attempt_of, prepare, the_course
from tests.journeys.conftest import Opens
from tests.journeys.hands import Mouse
from tests.journeys.offline import FORGET, KEEP, LESSON, NOTHING, keep, left, sign_in, until
from tests.journeys.people import add
from tests.journeys.served import Served
from tests.journeys.states import COURSE

pytestmark = pytest.mark.browser
ADDRESSES = """async () => (await Promise.all((await caches.keys()).map(async (name) =>
  (await (await caches.open(name)).keys()).map((request) => new URL(request.url).pathname)))).flat()"""


@pytest.fixture(scope="module", autouse=True)
def newcomers(served: Served) -> None:
    for name in ("paula", "yara", "oskar", "freya", "tilda"):
        add(served, name, name.capitalize())


def open_whole_check(served: Served, hands: Mouse, name: str) -> None:
    """Open somebody's check with all its questions on one page."""
    enrolment = prepare(served.site, name)
    with served.site.inside():
        course = the_course()
    served.site.do(open_check, enrolment, course)
    hands.page.goto(f"{served.url}/courses/{PFA}/check")
    hands.press("Continue the check")
    hands.press("Show all questions on one page")


def test_a_kept_lesson_is_read_without_a_network_and_an_unseen_page_says_so_calmly(
    served: Served, opens: Opens
) -> None:
    context = opens()
    hands = sign_in(served, context, "lena")
    page = hands.page
    keep(served, hands)
    context.set_offline(True)
    page.goto(served.url + LESSON)
    assert page.locator("h1").inner_text() == "When it is more than PFA"
    assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith(("Atkinson", '"Atkinson'))
    assert page.evaluate("[...document.fonts].some((face) => face.status == 'loaded')")
    page.goto(f"{served.url}/support?from=/courses")
    assert page.locator("h1").is_visible()
    page.goto(f"{served.url}/certificates")
    assert page.locator("h1").inner_text() == "You’re offline"
    assert page.locator("[data-shelf] a").get_attribute("href") == COURSE
    context.set_offline(False)
    with page.expect_navigation():
        page.get_by_role("button", name="Try again").click()
    assert page.locator("h1").inner_text() != "You’re offline"


def test_only_the_course_and_what_every_page_needs_is_kept_and_forgetting_takes_it_away(
    served: Served, opens: Opens
) -> None:
    hands = sign_in(served, opens(), "cora")
    keep(served, hands)
    hands.page.goto(f"{served.url}/programmes/harbour/people")
    hands.page.goto(f"{served.url}/account")
    for path in hands.page.evaluate(ADDRESSES):
        assert path.startswith((COURSE, "/static/", "/media/")) or path in {"/offline", "/pause", "/support"}
        assert not path.endswith(("/facilitator", "/check", "/device")) and "/conversations/" not in path
    hands.page.goto(served.url + COURSE)
    hands.named(FORGET).click()
    hands.page.get_by_text("Removed. Nothing from this course is on this device any more.").wait_for()
    assert left(hands.page) == NOTHING


def test_answers_arrive_once_after_ten_drops_and_reloads(served: Served, opens: Opens) -> None:
    context = opens()
    hands = sign_in(served, context, "sam")
    page = hands.page
    open_whole_check(served, hands, "sam")
    radios = page.locator("[data-question][role=radiogroup]")
    chosen: dict[str | None, str | None] = {}
    count = radios.count()
    for number in range(10):
        group = radios.nth(number % count)
        context.set_offline(True)
        field = group.locator("input[type=radio]").nth(number // count % 2)
        field.check()
        page.get_by_text("Not sent yet. Your answer is saved on this device.").wait_for()
        assert page.evaluate("localStorage.getItem('waiting')")
        chosen[group.get_attribute("data-question")] = field.get_attribute("value")
        context.set_offline(False)
        page.reload()
        until(page, "!localStorage.getItem('waiting')")
    # The page before may have sent its answer while this one was being made: what stands is asked for once more.
    page.reload()
    for question, value in chosen.items():
        assert page.locator(f"[data-question='{question}'] input[value='{value}']").is_checked()
    with served.site.inside():
        saved = attempt_of(served.site, "sam").saved
    assert set(saved) == set(chosen)
    # Every change arrived as one revision, and no change twice.
    assert sum(revision for _value, revision in saved.values()) == 10


def test_an_answer_whose_acknowledgement_was_lost_is_not_kept_twice(served: Served, opens: Opens) -> None:
    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    context = opens(service_workers="block")
    hands = sign_in(served, context, "tilda")
    page = hands.page
    open_whole_check(served, hands, "tilda")
    context.route("**/checks/*/answers", lose)
    page.locator("[data-question] input[type=radio]").first.check()
    page.get_by_text("Not sent yet. Your answer is saved on this device.").wait_for()
    context.unroute("**/checks/*/answers")
    page.reload()
    until(page, "!localStorage.getItem('waiting')")
    with served.site.inside():
        assert [revision for _value, revision in attempt_of(served.site, "tilda").saved.values()] == [1]


def test_an_answer_goes_from_another_page_too_and_sending_offline_waits(served: Served, opens: Opens) -> None:
    context = opens()
    hands = sign_in(served, context, "oskar")
    page = hands.page
    open_whole_check(served, hands, "oskar")
    context.set_offline(True)
    page.locator("[data-question] input[type=radio]").first.check()
    page.get_by_text("Not sent yet. Your answer is saved on this device.").wait_for()
    page.get_by_role("button", name="Send my answers now").click()
    page.get_by_text("You’re offline. Your answers are safe on this page").wait_for()
    context.set_offline(False)
    page.close()
    other = context.new_page()
    other.goto(f"{served.url}/courses")
    until(other, "!localStorage.getItem('waiting')")
    with served.site.inside():
        assert len(attempt_of(served.site, "oskar").saved) == 1


def test_an_answer_stays_while_its_person_is_signed_out_and_another_person_gets_nothing(
    served: Served, opens: Opens
) -> None:
    context = opens()
    hands = sign_in(served, context, "paula")
    page = hands.page
    open_whole_check(served, hands, "paula")
    context.clear_cookies()
    page.locator("[data-question] input[type=radio]").first.check()
    page.get_by_text("You’ve been signed out. Your answer is still on this page").wait_for()
    waiting = json.loads(page.evaluate("localStorage.getItem('waiting')"))
    assert len(waiting) == 1 and "form_token" not in str(waiting)
    other = sign_in(served, context, "yara")
    until(other.page, "!localStorage.getItem('waiting')")
    with served.site.inside():
        assert attempt_of(served.site, "paula").saved == {}


def test_signing_out_takes_everything_away(served: Served, opens: Opens) -> None:
    context = opens()
    hands = sign_in(served, context, "tara")
    keep(served, hands)
    assert left(hands.page) != NOTHING
    hands.press("Sign out")
    assert left(hands.page) == NOTHING


def test_another_person_finds_nothing_of_what_somebody_kept(served: Served, opens: Opens) -> None:
    for own in (True, False):
        context = opens()
        keep(served, sign_in(served, context, "freya"))
        context.clear_cookies()
        page = sign_in(served, context, "yara", own).page
        until(page, "!localStorage.getItem('kept')")
        until(page, "async () => !(await caches.keys()).length")


FORGET_WHILE_RENEWING = """async () => {
  const kept = await Promise.all((await caches.keys()).map(async (name) =>
    [name, await (await caches.open(name)).keys()]));
  const fonts = kept.flatMap(([, requests]) => requests).filter(({ url }) => /\\/static\\//.test(url));
  for (let times = 0; times < 20; times++) {
    for (const [name] of kept) await (await caches.open(name)).addAll(fonts);
    const coming = Promise.all(fonts.map(({ url }) => fetch(url)));
    await new Promise((later) => setTimeout(later, times));
    for (const [name] of kept) await caches.delete(name);
    await coming;
  }
}"""


def test_what_is_forgotten_does_not_come_back_while_pages_are_brought_up_to_date(served: Served, opens: Opens) -> None:
    hands = sign_in(served, opens(), "oskar")
    keep(served, hands)
    hands.page.evaluate(FORGET_WHILE_RENEWING)
    until(hands.page, "async () => !(await caches.keys()).length")


def test_a_shared_device_registers_and_stores_nothing(served: Served, opens: Opens) -> None:
    context = opens()
    hands = sign_in(served, context, "freya", own=False)
    hands.page.goto(served.url + COURSE)
    assert not hands.sees(KEEP)
    open_whole_check(served, hands, "freya")
    context.set_offline(True)
    hands.page.locator("[data-question] input[type=radio]").first.check()
    hands.page.get_by_text("Not saved yet. Your answer is still on this page.").wait_for()
    assert left(hands.page) == NOTHING


def test_a_full_device_says_so_and_keeps_nothing(served: Served, opens: Opens) -> None:
    context = opens()
    context.add_init_script(
        "Cache.prototype.put = () => { throw new DOMException('', 'QuotaExceededError'); };"
        "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); };"
    )
    hands = sign_in(served, context, "yara")
    hands.page.goto(served.url + COURSE)
    hands.named(KEEP).click()
    hands.page.get_by_text("This device has no room for the course, so nothing was saved.").wait_for()
    assert left(hands.page)["workers"] == 0
    open_whole_check(served, hands, "yara")
    context.set_offline(True)
    hands.page.locator("[data-question] input[type=radio]").first.check()
    hands.page.get_by_text("this device has no room to save it. Your answer is still on this page").wait_for()


def test_before_a_course_is_kept_a_lesson_asks_for_nothing_more(served: Served, opens: Opens) -> None:
    page = sign_in(served, opens(), "lena").page
    # What the page before still asks for isn't the lesson's.
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(served.url + LESSON, wait_until="networkidle")
    assert len(asked) <= 8
    assert not [url for url in asked if "device" in url or "sw.js" in url]
