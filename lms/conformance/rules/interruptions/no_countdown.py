"""Nothing counts down, and no text changes by itself."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    first, later = await page.text_twice()
    gone, new = set(first.split("\n")), set(later.split("\n"))
    beats = await page.ask("() => pageFunctions.observed.intervals")
    clock = f" (the page started {beats} timers)" if beats else ""
    return none_of(f"“{text.strip()[:60]}” appeared by itself{clock}" for text in sorted(new - gone) if text.strip())


RULE = Rule(
    id="no-countdown",
    title="Nothing counts down, and no text changes by itself",
    why="Speed isn’t part of the skill, and a clock makes a hard subject harder",
    anchor="CARE S6; WCAG 2.2.1, 2.2.3",
    mark="L",
    how="reads the page twice, a moment apart, and reports changes and timers",
    check=check,
)
