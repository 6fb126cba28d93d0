"""No words rush people or threaten a loss."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage
from lms.conformance.phrases import list_phrases


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(list_phrases("no-urgency", await page.texts(own_only=True)))


RULE = Rule(
    id="no-urgency",
    title="No words rush people or threaten a loss",
    why="Urgency puts pressure on people, and there is time",
    anchor="CARE S6, 8; Almeida 2023",
    mark="S",
    how="looks for words of haste and loss in the page’s own text, in four languages",
    check=check,
)
