"""What has the focus is not covered."""

from __future__ import annotations

from lms.care.findings import Finding, Rule, none_of
from lms.care.looked import Looked


async def check(page: Looked) -> Finding:
    """Look at one page."""
    return none_of(
        f"{stop['told']} lies under something that sticks (by {stop['key']})"
        for stop in await page.stops()
        if stop["covered"]
    )


RULE = Rule(
    id="focus-uncovered",
    title="What has the focus is not covered",
    why="A sticky strip that lies over the focused link hides where one is",
    anchor="CARE 4.1; WCAG 2.4.11",
    mark="L",
    how="goes through the page with Tab and back with Shift+Tab and asks what lies on top of each stop",
    check=check,
)
