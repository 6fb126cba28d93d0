"""Headings do not skip a level."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => {
  const found = [];
  let last = 0;
  for (const node of pageFunctions.all("h1, h2, h3, h4, h5, h6")) {
    const level = Number(node.tagName[1]);
    if (last && level > last + 1) found.push(`${pageFunctions.describe(node)} follows a heading of level ${last}`);
    last = level;
  }
  return found;
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(await page.ask(SCRIPT))


RULE = Rule(
    id="headings-in-order",
    title="Headings do not skip a level",
    why="People who listen to a page navigate by headings, and a skipped level sounds like a missing part",
    anchor="CARE 4.4; WCAG 1.3.1",
    mark="L",
    how="reads the levels of all headings in order",
    check=check,
)
