"""Start Chromium and run the conformance suite in it."""

from __future__ import annotations

import asyncio
import shutil
from importlib.util import find_spec

from lms.conformance.findings import Scorecard
from lms.conformance.recipe import Recipe

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
    # Imported here because Playwright is only there where somebody installed it for this command.
    from lms.conformance.runner import check_in_browser

    browser = next(filter(None, map(shutil.which, NAMES)), None)
    card = asyncio.run(check_in_browser(browser, ARGUMENTS, address, recipe, axe))
    if card is None:
        raise NoBrowser(NO_BROWSER)
    return card
