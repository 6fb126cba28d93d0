"""Every field has a label."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => pageFunctions.all("input:not([type=hidden], [type=submit], [type=button], [type=reset], [type=image]), select, textarea").filter((node) => !pageFunctions.name(node)).map((node) => `${pageFunctions.describe(node)} has no label`)"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(await page.ask(SCRIPT))


RULE = Rule(
    id="fields-named",
    title="Every field has a label",
    why="Without a label, people who can’t see the field have to guess",
    anchor="CARE 4.1; WCAG 4.1.2",
    mark="L",
    how="looks for a label or an accessible name for every field",
    check=check,
)
