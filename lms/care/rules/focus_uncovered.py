"""The focused element isn’t covered."""

from __future__ import annotations

from lms.care.findings import Finding, Rule, none_of
from lms.care.inspected_page import Looked


async def check(page: Looked) -> Finding:
    """Look at one page."""
    return none_of(
        f"{stop['told']} is under something sticky (by {stop['key']})" for stop in await page.stops() if stop["covered"]
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
