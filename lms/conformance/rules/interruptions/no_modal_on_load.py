"""Nothing covers the page when it opens."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => [
  ...pageFunctions.all("dialog[open], [role=dialog], [role=alertdialog], [aria-modal=true]").map((node) => `${pageFunctions.describe(node)} is open`),
  ...pageFunctions.all("body *").filter((node) => getComputedStyle(node).position === "fixed" && getComputedStyle(node).pointerEvents !== "none").filter((node) => {
    const box = node.getBoundingClientRect();
    const seen = Math.max(0, Math.min(box.right, innerWidth) - Math.max(box.left, 0)) * Math.max(0, Math.min(box.bottom, innerHeight) - Math.max(box.top, 0));
    return seen > innerWidth * innerHeight / 3;
  }).map((node) => `${pageFunctions.describe(node)} covers the page`),
]"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(await page.ask(SCRIPT))


RULE = Rule(
    id="no-modal-on-load",
    title="Nothing covers the page when it opens",
    why="A window that opens by itself leaves no choice",
    anchor="CARE 0, 8",
    mark="P",
    how="looks for open dialogs, and for fixed boxes that cover more than a third of the window",
    check=check,
)
