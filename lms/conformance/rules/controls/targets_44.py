"""Buttons and fields are at least 44 pixels high."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, of_each
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => {
  const box = (node) => {
    const own = pageFunctions.box(node);
    const label = pageFunctions.labels(node).filter(pageFunctions.shown).map(pageFunctions.box).sort((a, b) => b.height * b.width - a.height * a.width)[0];
    return label && node.matches("[type=checkbox], [type=radio]") && label.height > own.height ? label : own;
  };
  const nodes = pageFunctions.all("button, [role=button], [role=switch], [role=tab], input:not([type=hidden], [type=range], [type=color]), select, textarea, summary").filter((node) => (box(node).width > 1 && box(node).height > 1 || node.matches("[type=checkbox], [type=radio]")) && !pageFunctions.clipped(node) || node.matches("[type=checkbox], [type=radio]") && pageFunctions.labels(node).some(pageFunctions.visible));
  return [nodes.length, nodes.filter((node) => box(node).height < 43.5).map((node) => `${pageFunctions.describe(node)} is ${Math.round(box(node).height)} high`)];
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return of_each(await page.ask(SCRIPT))


RULE = Rule(
    id="targets-44",
    title="Buttons and fields are at least 44 pixels high",
    why="Under stress, people need targets that are easy to hit",
    anchor="CARE 4.1 (our bar); WCAG 2.5.5",
    mark="L",
    how="measures buttons, lists and text fields; a checkbox or radio button counts with its label",
    check=check,
)
