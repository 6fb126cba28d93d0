"""Nobody is ranked or compared."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage
from lms.conformance.phrases import list_phrases


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(list_phrases("no-comparison", await page.texts(own_only=True)))


RULE = Rule(
    id="no-comparison",
    title="Nobody is ranked or compared",
    why="Being behind somebody doesn’t make anyone a better listener",
    anchor="CARE 8; Almeida 2023",
    mark="S",
    how="looks for ranks and leaders in the page’s own text, in four languages",
    check=check,
)
