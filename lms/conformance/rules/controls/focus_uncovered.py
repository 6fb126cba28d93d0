"""The focused element isn’t covered."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, of_each
from lms.conformance.inspected_page import InspectedPage
from lms.conformance.seeing.focus_rings import walk_with_tab


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    stops = (await walk_with_tab(page)).stops
    covered = [f"{stop['described']} is under something (by {stop['key']})" for stop in stops if stop["covered"]]
    lost = [f"{stop['described']} can’t be seen when it has the focus" for stop in stops if stop["lost"]]
    return of_each((len(stops), covered + lost))


RULE = Rule(
    id="focus-uncovered",
    title="The focused element isn’t covered",
    why="A sticky bar over the focused link hides where you are",
    anchor="CARE 4.1; WCAG 2.4.11",
    mark="L",
    how="tabs through the page and back, and checks whether each focused element is hidden, cut off or under something",
    check=check,
)
