"""Nothing can only be dragged."""

from __future__ import annotations

from lms.care.findings import Finding, Rule, none_of
from lms.care.looked import Looked

SCRIPT = r"""() => {
  const lists = new Set([...document.querySelectorAll("[draggable=true]")].filter(careSees.shown).map((node) => node.parentElement));
  return [...lists].filter((list) => !list.querySelector("select, button, input:not([type=hidden])")).map((list) => `${careSees.told(list)} can only be sorted by dragging`);
}"""


async def check(page: Looked) -> Finding:
    """Look at one page."""
    return none_of(await page.ask(SCRIPT))


RULE = Rule(
    id="no-drag-only",
    title="Nothing can only be dragged",
    why="Dragging needs a steady hand and sight of both ends",
    anchor="CARE 4.1; WCAG 2.5.7",
    mark="L",
    how="looks for things to drag without a list or buttons beside them",
    check=check,
)
