"""Everything you can press is at least 24 pixels wide and high."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, of_each
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => {
  const box = (node) => {
    const own = pageFunctions.box(node);
    const label = pageFunctions.labels(node).filter(pageFunctions.shown).map(pageFunctions.box).sort((a, b) => b.height * b.width - a.height * a.width)[0];
    return label && node.matches("[type=checkbox], [type=radio]") && label.height > own.height ? label : own;
  };
  const nodes = pageFunctions.all("a[href], area[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=link], [role=checkbox], [role=radio], [role=switch], [role=tab], [role=menuitem], [tabindex='0'][onclick]").filter((node) => { const own = box(node); return own.width > 1 && own.height > 1 && own.bottom + scrollY > 0 && own.right + scrollX > 0 && !pageFunctions.clipped(node) && !node.matches(":disabled"); });
  const inSentence = (node) => {
    if (!node.matches("a, [role=link]") || !pageFunctions.style(node).display.startsWith("inline")) return false;
    let block = node.parentElement;
    while (block?.parentElement && pageFunctions.style(block).display.startsWith("inline")) block = block.parentElement;
    const said = (part) => (part.nodeType === 3 ? part.data : part.matches?.("a, button, [role=link]") || !part.matches || !pageFunctions.style(part).display.startsWith("inline") ? "" : [...part.childNodes].map(said).join(""));
    const words = block ? [...block.childNodes].map(said).join(" ") : "";
    return /\p{L}{2}|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(words) || words.replace(/[^\p{L}\p{N}]/gu, "").length > 3;
  };
  return [nodes.length, nodes.filter((node) => !inSentence(node) && (box(node).height < 23.5 || box(node).width < 23.5)).map((node) => `${pageFunctions.describe(node)} is ${Math.round(box(node).width)} by ${Math.round(box(node).height)}`)];
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return of_each(await page.ask(SCRIPT))


RULE = Rule(
    id="targets-24",
    title="Everything you can press is at least 24 pixels wide and high",
    why="Hands shake, screens are small",
    anchor="CARE 4.1; WCAG 2.5.8",
    mark="L",
    how="measures links, buttons and fields, except links within a sentence; a label counts as part of its field",
    check=check,
)
