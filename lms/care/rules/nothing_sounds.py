"""Nothing plays sound by itself."""

from __future__ import annotations

from lms.care.findings import Finding, Rule, none_of
from lms.care.inspected_page import Looked

SCRIPT = r"""() => [...document.querySelectorAll("audio, video")].filter((node) => node.autoplay || !node.paused).map((node) => `${careSees.told(node)} starts by itself`)"""


async def check(page: Looked) -> Finding:
    """Look at one page."""
    return none_of(await page.ask(SCRIPT))


RULE = Rule(
    id="nothing-sounds",
    title="Nothing plays sound by itself",
    why="A sudden voice or sound can frighten people or give them away",
    anchor="CARE S3, 4.4; WCAG 1.4.2",
    mark="L",
    how="looks for audio or video that starts by itself",
    check=check,
)
