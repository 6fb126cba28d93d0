"""You can paste into every field."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => pageFunctions.all("input[type=password], input[type=email], input[type=text], input:not([type]), textarea").filter((node) => {
  const paste = new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: new DataTransfer() });
  paste.clipboardData.setData("text/plain", "");
  return !node.dispatchEvent(paste);
}).map((node) => `${pageFunctions.describe(node)} does not take what is pasted`)"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(await page.ask(SCRIPT))


RULE = Rule(
    id="paste-allowed",
    title="You can paste into every field",
    why="Blocking paste breaks password managers and is hard on weak memories",
    anchor="CARE E8; WCAG 3.3.8",
    mark="L",
    how="pastes into every text field and checks whether the page blocks it",
    check=check,
)
