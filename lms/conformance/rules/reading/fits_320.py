"""The page fits a screen of 320 pixels."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => pageFunctions.all("body *").sort((a, b) => b.getBoundingClientRect().right - a.getBoundingClientRect().right).slice(0, 1).map(pageFunctions.describe)[0]"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    await page.page.set_viewport_size({"width": 320, "height": 640})
    wide = await page.ask("() => document.scrollingElement.scrollWidth")
    far = await page.ask(SCRIPT)
    await page.page.set_viewport_size({"width": 1280, "height": 900})
    return none_of([f"at 320 pixels, the page is {wide} wide, because of {far}"] if wide > 322 else [])


RULE = Rule(
    id="fits-320",
    title="The page fits a screen of 320 pixels",
    why="Many people have a small phone, and enlarging a page has the same effect",
    anchor="CARE 4.1; WCAG 1.4.10",
    mark="L",
    how="makes the window 320 pixels wide and checks whether the page scrolls sideways",
    check=check,
)
