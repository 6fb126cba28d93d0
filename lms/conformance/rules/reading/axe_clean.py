"""axe reports no problems."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, Verdict, none_of
from lms.conformance.inspected_page import InspectedPage

PASSES_LEAST = 5
SCRIPT = r"""async () => {
  const found = await axe.run(document, { runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }, resultTypes: ["violations"] });
  return { passes: found.passes.length, told: found.violations.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 120)}`) };
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    if not page.axe:
        return Finding(Verdict.NOT_CHECKED, ("you gave no axe file",))
    await page.ask(page.axe)
    found = await page.ask(SCRIPT)
    if found["passes"] < PASSES_LEAST:
        return Finding(Verdict.NOT_CHECKED, ("axe checked next to nothing",))
    return none_of(found["told"])


RULE = Rule(
    id="axe-clean",
    title="axe reports no problems",
    why="axe finds much of what can be found from the page alone",
    anchor="CARE 4.2",
    mark="L",
    how="runs axe with its rules for A and AA, if you give its file",
    check=check,
    beside=True,
)
