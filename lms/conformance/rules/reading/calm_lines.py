"""Lines are not too long, not too tight and not justified."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, of_each
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => {
  const blocks = pageFunctions.all("p, li, dd, td, div, section, article, blockquote, figcaption").filter((node) => pageFunctions.own(node).length + [...node.children].filter((one) => pageFunctions.style(one).display.startsWith("inline")).reduce((sum, one) => sum + (one.innerText || "").length, 0) > 180 && pageFunctions.visible(node) && !node.querySelector("p, li, pre, table, div") && !pageFunctions.near(node, "pre, code"));
  return [blocks.length, blocks.flatMap((node) => {
    const style = pageFunctions.style(node), found = [], lines = new Map();
    const texts = node.ownerDocument.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const range = node.ownerDocument.createRange();
      range.selectNodeContents(texts.currentNode);
      for (const box of range.getClientRects()) {
        const line = [...lines.keys()].find((one) => Math.abs(one - box.bottom) < parseFloat(style.fontSize) / 2) ?? box.bottom;
        lines.set(line, (lines.get(line) || 0) + box.width);
      }
    }
    const size = parseFloat(style.fontSize), widths = [...lines.values()], all = widths.reduce((sum, one) => sum + one, 0);
    const height = parseFloat(style.lineHeight) / size;
    const long = all ? node.innerText.length * Math.max(...widths) / all : 0;
    if (style.textAlign === "justify") found.push(`${pageFunctions.describe(node)} is justified`);
    if (style.lineHeight === "normal" || height < 1.44) found.push(`${pageFunctions.describe(node)} has lines ${style.lineHeight === "normal" ? "of normal height" : height.toFixed(2) + " high"}`);
    if (long > 90) found.push(`${pageFunctions.describe(node)} has about ${Math.round(long)} characters in a line`);
    if (parseFloat(style.letterSpacing) < -0.04 * size || parseFloat(style.letterSpacing) > 0.25 * size) found.push(`${pageFunctions.describe(node)} has ${style.letterSpacing} between its characters`);
    return found;
  })];
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return of_each(await page.ask(SCRIPT))


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
