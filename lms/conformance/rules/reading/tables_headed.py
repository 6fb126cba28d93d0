"""Tables have header cells."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, of_each
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => {
  const tables = pageFunctions.all("table:not([role=presentation], [role=none]), [role=table], [role=grid]").filter((node) => node.querySelectorAll("td, [role=cell], [role=gridcell]").length > 1);
  return [tables.length, tables.filter((node) => ![...node.querySelectorAll("th, [role=columnheader], [role=rowheader]")].some((one) => pageFunctions.clean(one.textContent) && pageFunctions.shown(one) && !["presentation", "none"].includes(one.getAttribute("role")))).map((node) => `${pageFunctions.describe(node)} has no header cell`)];
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return of_each(await page.ask(SCRIPT))


RULE = Rule(
    id="tables-headed",
    title="Tables have header cells",
    why="Read out on its own, a cell means nothing",
    anchor="CARE 4.4; WCAG 1.3.1",
    mark="L",
    how="looks for a header cell in every table that isn’t for layout",
    check=check,
)
