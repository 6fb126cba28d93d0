"""Everything you can click works with the keyboard."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage
from lms.conformance.seeing.focus_rings import walk_with_tab

SCRIPT = "async () => [...pageFunctions.deafControls(), ...pageFunctions.ownOrder(), ...await pageFunctions.pressAll()]"


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    trapped = (await walk_with_tab(page)).trapped
    return none_of([*([trapped] if trapped else []), *await page.ask(SCRIPT)])


RULE = Rule(
    id="native-controls",
    title="Everything you can click works with the keyboard",
    why="A clickable box that isn’t a button doesn’t exist for people without a mouse",
    anchor="CARE 4.1, 4.4; WCAG 2.1.1, 4.1.2",
    mark="L",
    how="presses what listens for a click, or is under something that does, and tries the same with Tab, Enter and Space; looks for roles without a keyboard, a tabindex above 0 and places that Tab can’t leave",
    check=check,
)
