"""The focused element isn’t covered."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(
        f"{stop['described']} is under something sticky (by {stop['key']})"
        for stop in await page.focus_stops()
        if stop["covered"]
    )


RULE = Rule(
    id="focus-uncovered",
    title="The focused element isn’t covered",
    why="A sticky bar over the focused link hides where you are",
    anchor="CARE 4.1; WCAG 2.4.11",
    mark="L",
    how="tabs through the page and back, and checks what’s on top of each focused element",
    check=check,
)
