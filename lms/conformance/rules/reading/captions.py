"""Every video has captions."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => [...document.querySelectorAll("video")].filter((node) => !node.querySelector("track[kind=captions], track[kind=subtitles]")).map((node) => `${pageFunctions.describe(node)} has no captions`)"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(await page.ask(SCRIPT))


RULE = Rule(
    id="captions",
    title="Every video has captions",
    why="Not everyone can hear, or turn the sound on",
    anchor="CARE 4.4, B; WCAG 1.2.2",
    mark="L",
    how="looks for a caption track in every video",
    check=check,
)
