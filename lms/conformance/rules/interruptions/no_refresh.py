"""The page doesn’t reload by itself."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => [...document.querySelectorAll("meta[http-equiv]")].filter((node) => node.httpEquiv.toLowerCase() === "refresh").map((node) => `meta refresh: ${node.content}`)"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(await page.ask(SCRIPT))


RULE = Rule(
    id="no-refresh",
    title="The page doesn’t reload by itself",
    why="If a page reloads, people lose what they were reading or writing",
    anchor="CARE S6; WCAG 2.2.1",
    mark="L",
    how="looks for meta refresh",
    check=check,
)
