"""What a visit costs and leaves behind: few requests, none to anybody else, and no cookie without a reason."""

from __future__ import annotations

import gzip

import pytest
from playwright.sync_api import Response

from tests.journeys import walks
from tests.journeys.conftest import Opens
from tests.journeys.hands import Mouse
from tests.journeys.people import People
from tests.journeys.served import Served
from tests.journeys.states import HARD

pytestmark = pytest.mark.browser
REQUESTS_MOST, BYTES_MOST = 8, 75_000
TEXT = ("text/", "application/javascript", "application/json", "image/svg")


def weight(answer: Response) -> int:
    """Return the bytes of an answer as a server in front sends it: text compressed, the rest as it is."""
    body = answer.body()
    return len(gzip.compress(body)) if answer.header_value("content-type").startswith(TEXT) else len(body)


def test_a_first_lesson_is_light_and_asks_nobody_else(served: Served, opens: Opens) -> None:
    page = opens().new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(served.url + HARD, wait_until="networkidle")
    assert {answer.url.startswith(f"{served.url}/") for answer in answers} == {True}
    assert len(answers) <= REQUESTS_MOST
    assert sum(map(weight, answers)) <= BYTES_MOST


def test_a_stranger_is_given_no_cookie(served: Served, opens: Opens) -> None:
    context = opens()
    hands = Mouse(context.new_page())
    hands.page.goto(served.url)
    hands.named("Pause").click()
    hands.named("Back to where I was").click()
    for words in ("Start learning", "Support lines", "Verify a certificate", "Sign in"):
        hands.press(words)
    assert context.cookies() == []
    assert hands.page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_omar_is_given_a_session_and_nothing_that_scripts_can_read(
    served: Served, people: People, opens: Opens
) -> None:
    context = opens()
    hands = Mouse(context.new_page())
    walks.sign_in(hands, served, "omar")
    assert [(cookie["name"], cookie["httpOnly"], cookie["expires"]) for cookie in context.cookies()] == [
        ("session", True, -1)
    ]
    hands.press("Accessibility and display")
    hands.choose(hands.page.locator("main input[name=light][value=dark]"))
    hands.choose(hands.page.locator("main input[name=quiet][value=yes]"))
    hands.press("Save settings")
    assert {cookie["name"] for cookie in context.cookies()} == {"session", "display"}
    assert all(cookie["sameSite"] == "Lax" for cookie in context.cookies())
    assert hands.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 25, 28)"
    assert not hands.page.locator(".ground").is_visible()
