"""Start Chromium and run the conformance suite in it."""

from __future__ import annotations

import asyncio
import shutil
from importlib.util import find_spec

from lms.conformance.findings import Scorecard
from lms.conformance.recipe import Recipe
from lms.conformance.rules import all_rules
from lms.conformance.runner import Runner

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
NO_PLAYWRIGHT = "This command needs a real browser. Please install Playwright first: pip install playwright"
NO_BROWSER = "We couldn’t find Chromium. Please install it, or run: playwright install chromium"


class NoBrowser(Exception):
    """No browser can be started; the message says what to install."""


def check_site(address: str, recipe: Recipe, axe: str = "") -> Scorecard:
    """Check a site as its recipe says, and return its scorecard."""
    if find_spec("playwright") is None:
        raise NoBrowser(NO_PLAYWRIGHT)
    return asyncio.run(_check_in_browser(address, recipe, axe))


async def _check_in_browser(address: str, recipe: Recipe, axe: str) -> Scorecard:
    from playwright.async_api import Error, async_playwright

    found = next(filter(None, map(shutil.which, NAMES)), None)
    async with async_playwright() as playwright:
        try:
            browser = await playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        except Error:
            raise NoBrowser(NO_BROWSER) from None
        card = await Runner(browser, address, recipe, all_rules(bool(axe)), axe).run()
        await browser.close()
        return card
