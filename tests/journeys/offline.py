"""Courses stored on a device, in a browser."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import BrowserContext, Page

from tests.conftest import PASSWORD
from tests.journeys.hands import Mouse
from tests.journeys.served import Served
from tests.journeys.states import COURSE

LESSON = f"{COURSE}/lessons/when-it-is-more-than-pfa"
NOTHING = {"stored": [], "caches": [], "workers": 0}
LEFT = """async () => ({stored: Object.keys(localStorage), caches: await caches.keys(),
  workers: (await navigator.serviceWorker.getRegistrations()).length})"""
KEEP, FORGET = "Save this course on this device", "Remove this course from this device"


def sign_in(served: Served, context: BrowserContext, name: str, own: bool = True) -> Mouse:
    """Sign in, on a device of one's own or on a shared one."""
    hands = Mouse(context.new_page())
    hands.page.goto(f"{served.url}/sign-in")
    hands.type("Email or sign-in name", f"{name}@example.org")
    hands.type("Password", PASSWORD)
    if own:
        hands.page.get_by_label("Only I use this device").check()
    hands.press("Sign in")
    return hands


def until(page: Page, expression: str) -> None:
    """Wait until something holds on a page, whose policy forbids the own waiting of the browser driver."""
    for _look in range(150):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{expression} does not come true on {page.url}")


def keep(served: Served, hands: Mouse) -> None:
    """Keep the course on this device, and wait until its lessons open without a network."""
    hands.page.goto(served.url + COURSE)
    hands.named(KEEP).click()
    hands.page.get_by_text("Saved. You can now read the lessons offline.").wait_for(timeout=60_000)
    until(hands.page, "!!navigator.serviceWorker.controller")


def left(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(LEFT)
    return found
