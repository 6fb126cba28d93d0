"""The page names its language."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, there_is
from lms.conformance.inspected_page import InspectedPage


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return there_is(await page.ask("() => document.documentElement.lang.trim()"), "the page has no lang attribute")


RULE = Rule(
    id="language-named",
    title="The page names its language",
    why="A screen reader that doesn’t know the language turns the words into noise",
    anchor="CARE 4.1; WCAG 3.1.1",
    mark="L",
    how="reads lang on the html element",
    check=check,
)
