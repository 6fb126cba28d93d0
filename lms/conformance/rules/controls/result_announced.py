"""Screen readers announce changes on the page."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, Verdict, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = """() => {
  const seen = pageFunctions.roots().map((root) => root.defaultView?.pageFunctions?.observed).filter(Boolean);
  const sum = (what) => seen.reduce((count, one) => count + one[what], 0);
  return [sum("pressed"), sum("announced"), seen.flatMap((one) => one.unannounced)];
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    pressed, announced, silent = await page.ask(SCRIPT)
    if not pressed:
        return Finding(Verdict.NO_CASE, ("the recipe presses nothing on this page",))
    if not announced and not silent:
        return Finding(Verdict.NO_CASE, ("what the recipe pressed brought no new words",))
    return none_of(f"“{text}” came without being announced" for text in silent)


RULE = Rule(
    id="result-announced",
    title="Screen readers announce changes on the page",
    why="People who can’t see the screen need to hear that their answer was saved",
    anchor="CARE 4.1; WCAG 4.1.3",
    mark="L",
    how="after a press that doesn’t lead to another page, checks whether the new text is in a status or alert",
    check=check,
    needs_case=True,
)
