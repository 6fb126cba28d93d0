"""Nothing plays sound by itself."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage
from lms.conformance.seeing.watching import watch

SCRIPT = r"""() => [
  ...pageFunctions.every("audio, video").filter((node) => (node.autoplay || !node.paused) && !node.muted && node.volume > 0).map((node) => `${pageFunctions.describe(node)} starts by itself`),
  ...pageFunctions.every("bgsound, embed[src], object[data]").filter((node) => /\.(mp3|wav|ogg|mid|midi|m4a)(\?|$)|^data:audio|audio\//i.test(`${node.src || node.data || node.getAttribute("src")} ${node.type || ""}`)).map(pageFunctions.describe),
  ...pageFunctions.every("iframe[src*='autoplay=1'], iframe[src*='autoplay=true'], iframe[src*='auto_play=true']").filter((node) => !/mute=1|muted=1|muted=true/.test(node.src)).map((node) => `${pageFunctions.describe(node)} starts by itself`),
  ...pageFunctions.roots().flatMap((root) => root.defaultView?.pageFunctions?.observed.sounds || []),
]"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    found = await page.ask(SCRIPT)
    await watch(page)
    return none_of([*found, *await page.ask(SCRIPT)])


RULE = Rule(
    id="nothing-sounds",
    title="Nothing plays sound by itself",
    why="A sudden voice or sound can frighten people or give them away",
    anchor="CARE S3, 4.4; WCAG 1.4.2",
    mark="L",
    how="looks for audio, video or players that start by themselves, also for three minutes of the page’s own clock, and for scripts that make a sound, speak or let the device vibrate",
    check=check,
)
