"""No consent box is ticked in advance."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => pageFunctions.all("input[type=checkbox]").filter((node) => node.defaultChecked && /\b(agree|accept|consent|subscribe|newsletter|e-?mail me|send me|contact me|share|news|offers|remind)\b/i.test(pageFunctions.name(node))).map((node) => `${pageFunctions.describe(node)} is ticked beforehand: ${pageFunctions.name(node).slice(0, 60)}`)"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(await page.ask(SCRIPT))


RULE = Rule(
    id="consent-unticked",
    title="No consent box is ticked in advance",
    why="Consent only counts if you give it yourself",
    anchor="CARE 8",
    mark="L",
    how="looks for ticked boxes about agreeing, email or sharing when the page loads",
    check=check,
)
