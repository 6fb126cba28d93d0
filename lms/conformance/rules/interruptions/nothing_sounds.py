"""Nothing plays sound by itself."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => [...document.querySelectorAll("audio, video")].filter((node) => node.autoplay || !node.paused).map((node) => `${pageFunctions.describe(node)} starts by itself`)"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
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
