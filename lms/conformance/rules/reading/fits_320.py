"""The page fits a screen of 320 pixels."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => {
  const scrolls = (node) => { for (let one = node; one && one !== document.body && one !== document.documentElement; one = pageFunctions.up(one)) if (/auto|scroll/.test(pageFunctions.style(one).overflowX)) return true; return false; };
  const far = pageFunctions.all("*").filter((node) => pageFunctions.near(node, "body") && !pageFunctions.clipped(node)).map((node) => [node, pageFunctions.box(node).right]).sort((a, b) => b[1] - a[1]);
  const cut = far.filter(([node, right]) => right > 324 && (pageFunctions.own(node) || node.matches("input, select, textarea, button, img")) && pageFunctions.box(node).left < 3200 && pageFunctions.faded(node) > 0.05 && !scrolls(node)).map(([node]) => pageFunctions.describe(node));
  const phone = document.querySelector("meta[name=viewport]")?.content || "";
  const held = /user-scalable\s*=\s*(no|0)|maximum-scale\s*=\s*(0|1)(\.\d*)?\s*(,|$)/i.test(phone);
  const wide = Number(/width\s*=\s*(\d+)/.exec(phone)?.[1] || 0) > 500;
  return [document.scrollingElement.scrollWidth, far[0] ? pageFunctions.describe(far[0][0]) : "", cut, !phone ? "phones are told no width (meta viewport)" : held ? "the page doesn’t let people enlarge it" : wide ? "the page asks phones for a fixed width" : ""];
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    await page.page.set_viewport_size({"width": 320, "height": 640})
    wide, far, cut, phone = await page.ask(SCRIPT)
    await page.page.set_viewport_size({"width": 1280, "height": 900})
    found = (
        [f"at 320 pixels, the page is {wide} wide, because of {far}"]
        if wide > 322
        else [f"at 320 pixels, {one} is cut off" for one in cut]
    )
    return none_of([*found, phone] if phone else found)


RULE = Rule(
    id="fits-320",
    title="The page fits a screen of 320 pixels",
    why="Many people have a small phone, and enlarging a page has the same effect",
    anchor="CARE 4.1; WCAG 1.4.10",
    mark="L",
    how="makes the window 320 pixels wide and checks whether the page scrolls sideways, loses text at its edge or forbids enlarging",
    check=check,
    looks_inside=False,
)
