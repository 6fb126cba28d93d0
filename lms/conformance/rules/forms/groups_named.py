"""Groups of answers have their question as a label."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => {
  const groups = new Map();
  for (const node of document.querySelectorAll("input[type=radio]")) groups.set(node.name, [...(groups.get(node.name) || []), node]);
  return [...groups].filter(([, nodes]) => nodes.length > 1).filter(([, [first]]) => {
    const set = first.closest("fieldset"), role = first.closest("[role=radiogroup], [role=group]");
    return !(set?.querySelector("legend")?.innerText.trim() || set?.querySelector("legend")?.textContent.trim() || (role && pageFunctions.name(role)));
  }).map(([name]) => `the answers named ${name} carry no question`);
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(await page.ask(SCRIPT))


RULE = Rule(
    id="groups-named",
    title="Groups of answers have their question as a label",
    why="People who hear “Yes” and “No” need to hear the question too",
    anchor="CARE 4.1; WCAG 1.3.1",
    mark="L",
    how="looks for a fieldset with a legend, or a named group, around radio buttons of one name",
    check=check,
)
