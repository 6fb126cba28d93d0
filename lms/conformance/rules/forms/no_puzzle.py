"""No puzzle (CAPTCHA) to get in."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => [...document.querySelectorAll("iframe[src*=captcha i], [class*=captcha i], [id*=captcha i], iframe[src*='challenges.cloudflare']")].map(pageFunctions.describe)"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(await page.ask(SCRIPT))


RULE = Rule(
    id="no-puzzle",
    title="No puzzle (CAPTCHA) to get in",
    why="Picture puzzles shut people out and tell a third party that they were here",
    anchor="CARE 8; WCAG 3.3.8",
    mark="L",
    how="looks for the usual CAPTCHAs",
    check=check,
)
