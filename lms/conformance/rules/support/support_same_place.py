"""Support lines are in the same place on every page."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""words => {
  const node = pageFunctions.all("a[href], button, summary").filter(pageFunctions.visible).find((one) => new RegExp(words, "i").test(`${one.innerText} ${one.getAttribute("aria-label") || ""}`));
  if (!node) return null;
  const part = node.closest("nav, header, footer, aside, main, [role=navigation], [role=banner], [role=contentinfo]");
  const name = part && (part.getAttribute("aria-label") || part.getAttribute("role") || part.tagName.toLowerCase());
  return [`${name || "body"}, as “${(node.innerText || node.getAttribute("aria-label") || "").trim().replace(/\s+/g, " ")}”`, node.href ? new URL(node.href).pathname : ""];
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    found = await page.ask(SCRIPT, page.recipe.support)
    if found is None:
        return none_of(["there’s no visible link to support"])
    place, address = found
    elsewhere = [name for name, other in await page.note("support address", address) if other != address]
    if elsewhere:
        return none_of(f"support leads to {address}, but not on “{name}”" for name in elsewhere)
    others = await page.note("support", place)
    return none_of(
        f"support is in the {place}, but on “{name}” it’s in the {other}" for name, other in others if other != place
    )


RULE = Rule(
    id="support-same-place",
    title="Support lines are in the same place on every page",
    why="People find help by habit, not by searching",
    anchor="CARE S4; WCAG 3.2.6",
    mark="L",
    how=("looks for the link (the recipe can set its words) and compares its place and its address with other pages"),
    check=check,
    looks_inside=False,
)
