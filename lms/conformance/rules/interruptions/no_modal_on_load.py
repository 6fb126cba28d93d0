"""Nothing covers the page when it opens."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage
from lms.conformance.seeing.watching import watch

SCRIPT = r"""() => {
  const F = pageFunctions, found = [];
  const dialogs = F.all("dialog[open], [role=dialog], [role=alertdialog], [aria-modal=true], [popover]").filter((node) => F.visible(node));
  found.push(...dialogs.map((node) => `${F.describe(node)} is open`));
  const seen = (box) => Math.max(0, Math.min(box.right, innerWidth) - Math.max(box.left, 0)) * Math.max(0, Math.min(box.bottom, innerHeight) - Math.max(box.top, 0));
  const over = F.all("*").filter((node) => ["fixed", "absolute", "sticky"].includes(F.style(node).position) && F.style(node).pointerEvents !== "none" && F.faded(node) > 0.05 && !F.near(node, "svg"));
  const large = over.filter((node) => seen(F.box(node)) > innerWidth * innerHeight / 4 && (F.style(node).position === "fixed" || Number(F.style(node).zIndex) > 0));
  const texts = F.all("p, h1, h2, h3, li, label, a, button").filter((node) => { const box = F.box(node); return (node.innerText || "").trim() && box.top >= 0 && box.bottom <= innerHeight && F.visible(node); });
  const top = (node) => { const box = F.box(node); return document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2); };
  for (const node of large) {
    const outside = texts.filter((text) => !F.holds(node, text)), hidden = outside.filter((text) => { const hit = top(text); return hit && F.holds(node, hit) && !F.holds(text, hit); });
    const third = F.style(node).position === "fixed" && seen(F.box(node)) > innerWidth * innerHeight / 3 && outside.length >= 1;
    if ((third || hidden.length && hidden.length >= outside.length / 4) && !dialogs.some((one) => F.holds(one, node) || F.holds(node, one))) found.push(`${F.describe(node)} covers the page`);
  }
  return [...found, ...F.observed.asked.map((what) => `the page opens ${what}`)];
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    at_once = await page.ask(SCRIPT)
    await watch(page)
    return none_of([*at_once, *await page.ask(SCRIPT), *[f"the page asks “{words[:60]}”" for words in page.dialogs]])


RULE = Rule(
    id="no-modal-on-load",
    title="Nothing covers the page when it opens",
    why="A window that opens by itself leaves no choice",
    anchor="CARE 0, 8",
    mark="P",
    how="looks, at once and three minutes later on the page’s own clock, for open dialogs, for boxes that cover a quarter of the window with text under them, and for dialogs of the browser",
    check=check,
    as_opened=True,
)
