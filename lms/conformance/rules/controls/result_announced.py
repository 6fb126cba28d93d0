"""Screen readers announce changes on the page."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(
        await page.ask(
            "() => pageFunctions.observed.unannounced.map((text) => `“${text}” came without being announced`)"
        )
    )


RULE = Rule(
    id="result-announced",
    title="Screen readers announce changes on the page",
    why="People who can’t see the screen need to hear that their answer was saved",
    anchor="CARE 4.1; WCAG 4.1.3",
    mark="L",
    how="after a press that doesn’t lead to another page, checks whether the new text is in a status or alert",
    check=check,
)
