"""The keyboard focus is visible."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(
        f"{stop['described']} doesn’t show that it has the focus"
        for stop in await page.focus_stops()
        if not (stop["ring"] or stop["tiny"] or stop["frame"])
    )


RULE = Rule(
    id="focus-shows",
    title="The keyboard focus is visible",
    why="Without a mouse, losing your place means starting over",
    anchor="CARE 4.4; WCAG 2.4.7",
    mark="L",
    how="tabs through the page and compares how each element looks before and after",
    check=check,
)
