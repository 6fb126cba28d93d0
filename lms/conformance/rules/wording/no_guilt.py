"""Nobody is made to feel guilty for stopping."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage
from lms.conformance.languages import Text
from lms.conformance.phrases import list_phrases

# What the page does when somebody who has typed nothing leaves it, by its address bar or with the pointer.
LEAVE = """() => {
  const leaving = new Event("beforeunload", { cancelable: true });
  window.dispatchEvent(leaving);
  const before = new Set(pageFunctions.words(null, false).split("\\n"));
  const held = leaving.defaultPrevented || leaving.returnValue === false;
  for (const name of ["mouseout", "mouseleave"]) document.documentElement.dispatchEvent(new MouseEvent(name, { bubbles: name === "mouseout", clientY: -5, relatedTarget: null }));
  document.dispatchEvent(new MouseEvent("mouseleave", { clientY: -5 }));
  const pleas = pageFunctions.words(null, false).split("\\n").filter((line) => !before.has(line));
  return [held, pleas.join("\\n")];
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    texts = await page.texts(own_only=True)
    held, pleas = await page.ask(LEAVE)
    stopped = ["the page asks whether one really wants to leave, though nothing was typed"] if held else []
    return none_of([*list_phrases("no-guilt", [*texts, Text("", pleas)]), *stopped])


RULE = Rule(
    id="no-guilt",
    title="Nobody is made to feel guilty for stopping",
    why="A page is safe if you can stop without being asked to stay",
    anchor="CARE 8",
    mark="P",
    how="looks for pleas in the page’s own text, in four languages, and for pages that try to stop people from leaving",
    check=check,
)
