"""Buttons and fields are at least 44 pixels high."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => pageFunctions.all("button, [role=button], input:not([type=hidden], [type=range], [type=color]), select, textarea, summary").filter((node) => {
  let box = node.getBoundingClientRect();
  if (box.width <= 1 || box.height <= 1) { if (!node.matches("[type=checkbox], [type=radio]")) return false; }
  const label = [...(node.labels || [])].map((one) => one.getBoundingClientRect()).sort((a, b) => b.height - a.height)[0];
  if (label && node.matches("[type=checkbox], [type=radio]") && label.height > box.height) box = label;
  return box.height < 43.5;
}).map((node) => `${pageFunctions.describe(node)} is ${Math.round(node.getBoundingClientRect().height)} high`)"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(await page.ask(SCRIPT))


RULE = Rule(
    id="targets-44",
    title="Buttons and fields are at least 44 pixels high",
    why="Under stress, people need targets that are easy to hit",
    anchor="CARE 4.1 (our bar); WCAG 2.5.5",
    mark="L",
    how="measures buttons, lists and text fields; a checkbox or radio button counts with its label",
    check=check,
)
