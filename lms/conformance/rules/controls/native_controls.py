"""Everything you can click works with the keyboard."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => {
  const native = "a[href], button, input, select, textarea, summary, label, option, video, audio, [role][tabindex]";
  const odd = new Set([...document.querySelectorAll("[onclick]"), ...pageFunctions.observed.clicked]);
  return [...odd].filter((node) => node.isConnected && node !== document.body && pageFunctions.shown(node))
    .filter((node) => !node.closest(native) && !node.querySelector(native))
    .map((node) => `${pageFunctions.describe(node)} is clicked but is no button`);
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(await page.ask(SCRIPT))


RULE = Rule(
    id="native-controls",
    title="Everything you can click works with the keyboard",
    why="A clickable box that isn’t a button doesn’t exist for people without a mouse",
    anchor="CARE 4.1, 4.4; WCAG 2.1.1, 4.1.2",
    mark="L",
    how="looks for clicks on elements that are neither link, button nor field, nor within one",
    check=check,
)
