"""What changes on the page is also said aloud."""

from __future__ import annotations

from lms.care.findings import Finding, Rule, none_of
from lms.care.looked import Looked


async def check(page: Looked) -> Finding:
    """Look at one page."""
    return none_of(
        await page.ask("() => careSees.heard.unsaid.map((text) => `“${text}” came without being announced`)")
    )


RULE = Rule(
    id="result-announced",
    title="What changes on the page is also said aloud",
    why="Whoever does not see the screen must hear that an answer was kept",
    anchor="CARE 4.1; WCAG 4.1.3",
    mark="L",
    how="after a press that does not lead to another page, looks whether the new words stand in a status or alert",
    check=check,
)
