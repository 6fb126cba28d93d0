"""Tables have header cells."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => pageFunctions.all("table:not([role=presentation], [role=none])").filter((node) => !node.querySelector("th, [role=columnheader], [role=rowheader]")).map((node) => `${pageFunctions.describe(node)} has no header cell`)"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(await page.ask(SCRIPT))


RULE = Rule(
    id="tables-headed",
    title="Tables have header cells",
    why="Read out on its own, a cell means nothing",
    anchor="CARE 4.4; WCAG 1.3.1",
    mark="L",
    how="looks for a header cell in every table that isn’t for layout",
    check=check,
)
