"""Headings do not skip a level."""

from __future__ import annotations

from lms.care.findings import Finding, Rule, none_of
from lms.care.inspected_page import Looked

SCRIPT = r"""() => {
  const found = [];
  let last = 0;
  for (const node of careSees.all("h1, h2, h3, h4, h5, h6")) {
    const level = Number(node.tagName[1]);
    if (last && level > last + 1) found.push(`${careSees.told(node)} follows a heading of level ${last}`);
    last = level;
  }
  return found;
}"""


async def check(page: Looked) -> Finding:
    """Look at one page."""
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
