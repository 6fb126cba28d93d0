"""The browser that looks: found on this machine, opened once, closed at the end."""

from __future__ import annotations

import asyncio
import shutil
from importlib.util import find_spec

from lms.care.findings import Scorecard
from lms.care.recipe import Recipe
from lms.care.rules import all_rules
from lms.care.walk import Walk

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
NO_PLAYWRIGHT = "This command needs a real browser. Please install it first: pip install 'sidelight[care]'"
NO_BROWSER = "We couldn’t find Chromium. Please install it, or run: playwright install chromium"


class NoBrowser(Exception):
    """There is nothing to look with; the message says what to install."""


def look(address: str, recipe: Recipe, axe: str = "") -> Scorecard:
    """Walk through a site as a recipe says and return its scorecard."""
    if find_spec("playwright") is None:
        raise NoBrowser(NO_PLAYWRIGHT)
    return asyncio.run(_look(address, recipe, axe))


async def _look(address: str, recipe: Recipe, axe: str) -> Scorecard:
    from playwright.async_api import Error, async_playwright

    found = next(filter(None, map(shutil.which, NAMES)), None)
    async with async_playwright() as playwright:
        try:
            browser = await playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        except Error:
            raise NoBrowser(NO_BROWSER) from None
        card = await Walk(browser, address, recipe, all_rules(bool(axe)), axe).go()
        await browser.close()
        return card
