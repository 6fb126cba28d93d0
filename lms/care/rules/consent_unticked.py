"""No consent box is ticked in advance."""

from __future__ import annotations

from lms.care.findings import Finding, Rule, none_of
from lms.care.inspected_page import Looked

SCRIPT = r"""() => careSees.all("input[type=checkbox]").filter((node) => node.defaultChecked && /\b(agree|accept|consent|subscribe|newsletter|e-?mail me|send me|contact me|share|news|offers|remind)\b/i.test(careSees.name(node))).map((node) => `${careSees.told(node)} is ticked beforehand: ${careSees.name(node).slice(0, 60)}`)"""


async def check(page: Looked) -> Finding:
    """Look at one page."""
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
