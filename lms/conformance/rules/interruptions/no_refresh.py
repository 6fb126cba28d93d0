"""The page doesn’t reload by itself."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage
from lms.conformance.seeing.watching import watch_longer

SCRIPT = r"""() => pageFunctions.every("meta[http-equiv]").filter((node) => node.httpEquiv.toLowerCase() === "refresh").map((node) => `meta refresh: ${node.content}`)"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    found = await page.ask(SCRIPT)
    header = [f"a Refresh header: {page.headers['refresh']}"] if "refresh" in page.headers else []
    left = (await watch_longer(page)).left_for
    return none_of([*found, *header, *[f"the page goes to {address[:80]} by itself" for address in left]])


RULE = Rule(
    id="no-refresh",
    title="The page doesn’t reload by itself",
    why="If a page reloads, people lose what they were reading or writing",
    anchor="CARE S6; WCAG 2.2.1",
    mark="L",
    how="looks for meta refresh and a Refresh header, and sets the page’s clock forward by more than an hour to see whether it goes elsewhere",
    check=check,
    looks_inside=False,
)
