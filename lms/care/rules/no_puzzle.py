"""No puzzle (CAPTCHA) to get in."""

from __future__ import annotations

from lms.care.findings import Finding, Rule, none_of
from lms.care.inspected_page import Looked

SCRIPT = r"""() => [...document.querySelectorAll("iframe[src*=captcha i], [class*=captcha i], [id*=captcha i], iframe[src*='challenges.cloudflare']")].map(careSees.told)"""


async def check(page: Looked) -> Finding:
    """Look at one page."""
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
