"""Nothing moves by itself."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => [
  ...document.getAnimations().filter((one) => one.playState === "running" && one.effect && (one.effect.getComputedTiming().endTime === Infinity || one.effect.getComputedTiming().endTime > 5000)).map((one) => `an animation of ${one.effect.target ? pageFunctions.describe(one.effect.target) : "the page"}`),
  ...pageFunctions.all("marquee, blink").map(pageFunctions.describe),
]"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(await page.ask(SCRIPT))


RULE = Rule(
    id="nothing-moves",
    title="Nothing moves by itself",
    why="Motion at the edge of their view keeps watchful people on guard",
    anchor="CARE 4.4; WCAG 2.2.2",
    mark="L",
    how="looks for animations without an end or longer than five seconds, and for marquees",
    check=check,
)
