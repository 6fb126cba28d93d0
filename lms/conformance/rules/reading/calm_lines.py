"""Lines are not too long, not too tight and not justified."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => pageFunctions.all("p, li, dd").filter((node) => (node.innerText || "").length > 180 && !node.querySelector("p, li, pre, table")).flatMap((node) => {
  const style = getComputedStyle(node), found = [], range = document.createRange();
  range.selectNodeContents(node);
  const lines = new Set([...range.getClientRects()].filter((box) => box.width > 1).map((box) => Math.round(box.top / 6)));
  const height = parseFloat(style.lineHeight) / parseFloat(style.fontSize);
  const long = node.innerText.length / Math.max(1, lines.size);
  if (style.textAlign === "justify") found.push(`${pageFunctions.describe(node)} is justified`);
  if (style.lineHeight === "normal" || height < 1.44) found.push(`${pageFunctions.describe(node)} has lines ${style.lineHeight === "normal" ? "of normal height" : height.toFixed(2) + " high"}`);
  if (long > 90) found.push(`${pageFunctions.describe(node)} has about ${Math.round(long)} characters in a line`);
  return found;
})"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(await page.ask(SCRIPT))


RULE = Rule(
    id="calm-lines",
    title="Lines are not too long, not too tight and not justified",
    why="Long, tight lines are tiring, and justified text has gaps",
    anchor="CARE 4.1; WCAG 1.4.8",
    mark="L",
    how=(
        "counts the characters of each line of longer paragraphs (90 at most), and reads line height (1.45 at "
        "least) and alignment"
    ),
    check=check,
)
