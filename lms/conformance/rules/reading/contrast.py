"""Text contrasts with its background."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => {
  const light = ([r, g, b]) => [r, g, b].map((c) => { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; }).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const ground = (node) => {
    const layers = [];
    for (let one = node; one; one = one.parentElement) {
      const style = getComputedStyle(one);
      if (style.backgroundImage !== "none") return null;
      const paint = pageFunctions.colour(style.backgroundColor);
      layers.push(paint);
      if (paint[3] === 1) break;
    }
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]);
  };
  const found = [];
  for (const node of pageFunctions.all("body *")) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
    const style = getComputedStyle(node), box = node.getBoundingClientRect();
    if (!own || box.width <= 1 || box.height <= 1 || node.closest("svg, select, [disabled], [aria-disabled=true]")) continue;
    if (style.clipPath !== "none" || style.clip !== "auto" || Number(style.opacity) < 0.1 || box.bottom < 0 && scrollY === 0) continue;
    const under = ground(node);
    if (!under) continue;
    const [one, two] = [light(over(pageFunctions.colour(style.color), under)), light(under)].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (two + 0.05), size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5) - 0.05) found.push(`${pageFunctions.describe(node)} has a contrast of ${ratio.toFixed(1)} to 1`);
  }
  return found;
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(await page.ask(SCRIPT))


RULE = Rule(
    id="contrast",
    title="Text contrasts with its background",
    why="Grey text on grey is hard to read for tired, ill or older eyes and on cheap screens",
    anchor="CARE 4.1; WCAG 1.4.3",
    mark="L",
    how=(
        "compares the colour of all text with its background: 4.5 to 1, or 3 to 1 for large text; a person "
        "has to check text over pictures"
    ),
    check=check,
)
