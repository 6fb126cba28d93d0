"""Screen readers announce changes on the page."""

from __future__ import annotations

from lms.care.findings import Finding, Rule, none_of
from lms.care.inspected_page import Looked


async def check(page: Looked) -> Finding:
    """Look at one page."""
    return none_of(
        await page.ask("() => careSees.heard.unsaid.map((text) => `“${text}” came without being announced`)")
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
