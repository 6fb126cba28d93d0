"""Headings do not skip a level."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, of_each
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => {
  const found = [], level = (node) => Number(node.getAttribute("aria-level") || node.tagName[1] || 2);
  const headings = pageFunctions.all("h1, h2, h3, h4, h5, h6, [role=heading]").filter((node) => node.getAttribute("role") !== "presentation" && node.getAttribute("role") !== "none" && !pageFunctions.near(node, "[aria-hidden=true]"));
  let last = 0;
  for (const node of headings) {
    if (last && level(node) > last + 1) found.push(`${pageFunctions.describe(node)} follows a heading of level ${last}`);
    if (!pageFunctions.clean(node.innerText || node.textContent) && !node.querySelector("img[alt]:not([alt=''])") && !pageFunctions.name(node)) found.push(`a heading of level ${level(node)} is empty`);
    last = level(node);
  }
  if (headings.length && level(headings[0]) > 2) found.push(`the first heading, ${pageFunctions.describe(headings[0])}, has level ${level(headings[0])}`);
  return [headings.length, found];
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return of_each(await page.ask(SCRIPT))


RULE = Rule(
    id="headings-in-order",
    title="Headings do not skip a level",
    why="People who listen to a page navigate by headings, and a skipped level sounds like a missing part",
    anchor="CARE 4.4; WCAG 1.3.1",
    mark="L",
    how="reads the levels of all headings in order",
    check=check,
)
