"""Nothing works by dragging alone."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => {
  const lists = new Set([...document.querySelectorAll("[draggable=true]")].filter(pageFunctions.shown).map((node) => node.parentElement));
  return [...lists].filter((list) => !list.querySelector("select, button, input:not([type=hidden])")).map((list) => `${pageFunctions.describe(list)} can only be sorted by dragging`);
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(await page.ask(SCRIPT))


RULE = Rule(
    id="no-drag-only",
    title="Nothing works by dragging alone",
    why="Dragging takes a steady hand, and you need to see both ends",
    anchor="CARE 4.1; WCAG 2.5.7",
    mark="L",
    how="looks for draggable elements without a list or buttons as an alternative",
    check=check,
)
