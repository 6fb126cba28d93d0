"""No attempts are counted down."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage
from lms.conformance.phrases import list_phrases


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(list_phrases("no-attempts-left", await page.texts(own_only=True)))


RULE = Rule(
    id="no-attempts-left",
    title="No attempts are counted down",
    why="A shrinking number turns the next attempt into a threat",
    anchor="CARE S7, 8",
    mark="P",
    how="looks for attempts that are left in the page’s own text, in four languages, and for any count of attempts on a certificate",
    check=check,
)
