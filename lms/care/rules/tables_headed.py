"""Tables have header cells."""

from __future__ import annotations

from lms.care.findings import Finding, Rule, none_of
from lms.care.inspected_page import Looked

SCRIPT = r"""() => careSees.all("table:not([role=presentation], [role=none])").filter((node) => !node.querySelector("th, [role=columnheader], [role=rowheader]")).map((node) => `${careSees.told(node)} has no header cell`)"""


async def check(page: Looked) -> Finding:
    """Look at one page."""
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
