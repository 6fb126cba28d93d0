"""Everything you can press is at least 24 pixels wide and high."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => pageFunctions.all("a[href], button, input:not([type=hidden]), select, textarea, summary").filter((node) => {
  let box = node.getBoundingClientRect();
  if (box.width <= 1 || box.height <= 1 || box.bottom < 0) return false;
  const words = (node.innerText || "").trim();
  let block = node.parentElement;
  while (block?.parentElement && getComputedStyle(block).display.startsWith("inline")) block = block.parentElement;
  const around = (block?.innerText || "").trim();
  if (node.matches("a") && getComputedStyle(node).display === "inline" && around.length > words.length + 3) return false;
  const label = [...(node.labels || [])].map((one) => one.getBoundingClientRect()).sort((a, b) => b.height * b.width - a.height * a.width)[0];
  if (label && node.matches("[type=checkbox], [type=radio]") && label.height > box.height) box = label;
  return box.height < 23.5 || box.width < 23.5;
}).map((node) => { const box = node.getBoundingClientRect(); return `${pageFunctions.describe(node)} is ${Math.round(box.width)} by ${Math.round(box.height)}`; })"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(await page.ask(SCRIPT))


RULE = Rule(
    id="targets-24",
    title="Everything you can press is at least 24 pixels wide and high",
    why="Hands shake, screens are small",
    anchor="CARE 4.1; WCAG 2.5.8",
    mark="L",
    how="measures links, buttons and fields, except links within a sentence; a label counts as part of its field",
    check=check,
)
