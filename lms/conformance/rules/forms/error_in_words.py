"""Red is never the only sign of a problem."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => {
  const red = (value) => { const [r, g, b, a] = pageFunctions.colour(value); return a > 0.3 && r > 130 && r > 1.6 * g && r > 1.6 * b; };
  const blush = (value) => { const [r, g, b, a] = pageFunctions.colour(value); return a > 0.3 && r - Math.max(g, b) > 20; };
  return pageFunctions.all("input, select, textarea, fieldset").filter((node) => {
    const style = getComputedStyle(node);
    const edged = ["Top", "Left", "Bottom"].some((side) => parseFloat(style[`border${side}Width`]) > 0 && red(style[`border${side}Color`]));
    if (!edged && !blush(style.backgroundColor)) return false;
    const ids = `${node.getAttribute("aria-describedby") || ""} ${node.getAttribute("aria-errormessage") || ""}`.trim().split(/\s+/).filter(Boolean);
    if (ids.some((id) => document.getElementById(id)?.textContent.trim())) return false;
    const beside = [node.previousElementSibling, node.nextElementSibling, ...(node.labels || [])].filter((one) => one && one.matches("p, span, div, strong, em, small, ul, label"));
    return !beside.some((one) => (one.innerText || "").trim().split(/\s+/).length > 3);
  }).map((node) => `${pageFunctions.describe(node)} is red without words`);
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(await page.ask(SCRIPT))


RULE = Rule(
    id="error-in-words",
    title="Red is never the only sign of a problem",
    why="Not everyone can see red, and red alone alarms without helping",
    anchor="CARE 4.1, 8; WCAG 1.4.1",
    mark="L",
    how="looks for fields with a red border or background that have no message",
    check=check,
)
