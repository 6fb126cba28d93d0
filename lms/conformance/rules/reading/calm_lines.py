"""Lines are not too long, not too tight and not justified."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, of_each
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => {
  const blocks = pageFunctions.all("p, li, dd, td, div, section, article, blockquote, figcaption").filter((node) => pageFunctions.own(node).length + [...node.children].filter((one) => pageFunctions.style(one).display.startsWith("inline")).reduce((sum, one) => sum + (one.innerText || "").length, 0) > 180 && pageFunctions.visible(node) && !node.querySelector("p, li, pre, table, div") && !pageFunctions.near(node, "pre, code"));
  return [blocks.length, blocks.flatMap((node) => {
    const style = pageFunctions.style(node), found = [], range = node.ownerDocument.createRange();
    range.selectNodeContents(node);
    const tops = [...range.getClientRects()].filter((box) => box.width > 1).map((box) => box.bottom).sort((a, b) => a - b);
    const size = parseFloat(style.fontSize), lines = tops.filter((top, at) => !at || top - tops[at - 1] > size / 2).length;
    const height = parseFloat(style.lineHeight) / size;
    const long = node.innerText.length / Math.max(1, lines);
    if (style.textAlign === "justify") found.push(`${pageFunctions.describe(node)} is justified`);
    if (style.lineHeight === "normal" || height < 1.44) found.push(`${pageFunctions.describe(node)} has lines ${style.lineHeight === "normal" ? "of normal height" : height.toFixed(2) + " high"}`);
    if (long > 90) found.push(`${pageFunctions.describe(node)} has about ${Math.round(long)} characters in a line`);
    if (parseFloat(style.letterSpacing) < -0.04 * size || parseFloat(style.letterSpacing) > 0.25 * size) found.push(`${pageFunctions.describe(node)} has letters ${style.letterSpacing} apart`);
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
