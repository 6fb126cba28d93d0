"""What is kept as it is chosen, and how few steps a short course takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys import walks
from tests.journeys.conftest import Opens
from tests.journeys.courses import three_lessons
from tests.journeys.hands import Mouse
from tests.journeys.people import add
from tests.journeys.saving import open_first_question
from tests.journeys.served import Served

pytestmark = pytest.mark.browser
CLICKS_MOST = 14


def test_an_answer_is_there_again_after_the_tab_was_closed(served: Served, opens: Opens) -> None:
    context = opens()
    hands = Mouse(context.new_page())
    fields = open_first_question(hands, served, "lena")
    walks.fill_in(hands, fields)
    hands.page.locator("[data-says]").get_by_text("Saved").wait_for()
    address = hands.page.url
    hands.page.close()
    again = context.new_page()
    again.goto(address)
    for name, tokens in fields.items():
        assert all(again.locator(f"input[name='{name}'][value='{token}']").is_checked() for token in tokens)


def test_an_answer_is_kept_within_two_seconds_and_at_once_when_the_page_is_put_aside(
    served: Served, opens: Opens
) -> None:
    add(served, "signe", "Signe Holm")
    page = opens().new_page()
    hands = Mouse(page)
    fields = open_first_question(hands, served, "signe")
    page.clock.install()
    with page.expect_response(
        lambda answer: "/checks/" in answer.url and answer.request.method == "POST" and answer.ok
    ):
        walks.fill_in(hands, fields)
        page.clock.run_for(2000)
    page.locator("[data-says]").get_by_text("Saved").wait_for()
    page.evaluate("Object.defineProperty(document, 'hidden', { value: true })")
    with page.expect_response(
        lambda answer: "/checks/" in answer.url and answer.request.method == "POST" and answer.ok
    ):
        walks.fill_in(hands, fields)
        page.locator("fieldset.ask input").first.dispatch_event("change")
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_an_answer_chosen_in_the_last_second_is_kept_as_tara_goes_to_pause(served: Served, opens: Opens) -> None:
    hands = Mouse(opens().new_page())
    fields = open_first_question(hands, served, "tara")
    walks.fill_in(hands, fields)
    hands.named("Pause").click()
    hands.page.locator("[data-says]").get_by_text("Saved").wait_for(state="attached")
    hands.page.reload()
    for name, tokens in fields.items():
        assert all(hands.page.locator(f"input[name='{name}'][value='{token}']").is_checked() for token in tokens)


def test_without_a_network_the_page_says_that_nothing_is_saved_yet(served: Served, opens: Opens) -> None:
    context = opens()
    hands = Mouse(context.new_page())
    fields = open_first_question(hands, served, "cora")
    context.set_offline(True)
    walks.fill_in(hands, fields)
    said = hands.page.locator("[data-says]")
    said.get_by_text("Not saved yet. Your answer is still on this page.").wait_for()
    context.set_offline(False)
    said.get_by_text("Saved", exact=True).wait_for()


def test_three_lessons_take_at_most_fourteen_clicks_beyond_the_answers(
    served: Served, opens: Opens, tmp_path: Path
) -> None:
    title = three_lessons(tmp_path / "three-lessons", draw=4)
    served.lms("publish", str(tmp_path / "three-lessons"), "--programme", "harbour")
    hands = Mouse(opens().new_page())
    walks.sign_in(hands, served, "sam")
    walks.read_lessons(hands, title)
    hands.press_this(hands.page.locator("main .btn.fill"))
    hands.press("Start the check")
    walks.answer_all_at_once(hands, served, "sam", course="three-lessons")
    hands.press("Send my answers")
    _code, pdf = walks.fetch_certificate(hands, served)
    assert title in walks.text_of(pdf)
    assert hands.clicks <= CLICKS_MOST
