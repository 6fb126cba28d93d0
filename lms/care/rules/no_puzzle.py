"""No puzzle stands before the door."""

from __future__ import annotations

from lms.care.findings import Finding, Rule, none_of
from lms.care.looked import Looked

SCRIPT = r"""() => [...document.querySelectorAll("iframe[src*=captcha i], [class*=captcha i], [id*=captcha i], iframe[src*='challenges.cloudflare']")].map(careSees.told)"""


async def check(page: Looked) -> Finding:
    """Look at one page."""
    return none_of(await page.ask(SCRIPT))


RULE = Rule(
    id="no-puzzle",
    title="No puzzle stands before the door",
    why="A picture puzzle shuts people out and tells a third party that they came",
    anchor="CARE 8; WCAG 3.3.8",
    mark="L",
    how="looks for the frames and words of the usual puzzles",
    check=check,
)
