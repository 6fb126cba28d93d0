"""The keyboard focus is visible."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, of_each
from lms.conformance.inspected_page import InspectedPage
from lms.conformance.seeing.focus_rings import walk_with_tab


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    stops = (await walk_with_tab(page)).stops
    return of_each((len(stops), [f"{stop['described']} {stop['faint']}" for stop in stops if stop.get("faint")]))


RULE = Rule(
    id="focus-shows",
    title="The keyboard focus is visible",
    why="Without a mouse, losing your place means starting over",
    anchor="CARE 4.4; WCAG 2.4.7",
    mark="L",
    how="tabs through the page and compares pictures of each element with and without the focus: the change needs a contrast of 3 to 1, in an area like a line around a third of it",
    check=check,
)
