"""Every video has captions."""

from __future__ import annotations

from lms.care.findings import Finding, Rule, none_of
from lms.care.inspected_page import Looked

SCRIPT = r"""() => [...document.querySelectorAll("video")].filter((node) => !node.querySelector("track[kind=captions], track[kind=subtitles]")).map((node) => `${careSees.told(node)} has no captions`)"""


async def check(page: Looked) -> Finding:
    """Look at one page."""
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
