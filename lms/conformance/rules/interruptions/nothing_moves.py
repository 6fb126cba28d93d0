"""Nothing moves by itself."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage
from lms.conformance.seeing.moving_pictures import moving_pictures
from lms.conformance.seeing.watching import LEAPS, MOVED, watch

NOW = "() => [...new Set([...pageFunctions.animations(), ...pageFunctions.drawnMotion(), ...pageFunctions.flashes()])]"
SCRIPTED = "([moment, leaps]) => pageFunctions.scriptMotion(moment, leaps)"


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    found = await page.ask(NOW)
    seen = await watch(page)
    found += await page.ask(NOW)
    found += await page.ask(SCRIPTED, [MOVED, LEAPS])
    found += await moving_pictures(page)
    found += await _parallax(page)
    if seen.picture_changed and not found and not await page.ask("([from, to]) => pageFunctions.news(from, to)", MOVED):
        found.append("something in the page’s picture changes by itself")
    if found and await _goes_on_regardless(page):
        found.append("it moves even for people who have asked their device for less motion")
    return none_of(found)


async def _parallax(page: InspectedPage) -> list[str]:
    """Return what moves against the page as it's scrolled, for people who have asked for less motion."""
    await page.page.emulate_media(reduced_motion="reduce")
    found: list[str] = await page.ask("() => pageFunctions.parallax()")
    await page.page.wait_for_timeout(60)
    found += await page.ask("() => pageFunctions.parallaxAfter()")
    await page.page.emulate_media(reduced_motion="no-preference")
    return found


async def _goes_on_regardless(page: InspectedPage) -> bool:
    await page.page.emulate_media(reduced_motion="reduce")
    found = await page.ask(NOW)
    await page.page.emulate_media(reduced_motion="no-preference")
    return bool(found)


RULE = Rule(
    id="nothing-moves",
    title="Nothing moves by itself",
    why="Motion at the edge of their view keeps watchful people on guard",
    anchor="CARE 4.4; WCAG 2.2.2",
    mark="L",
    how="looks for animations of CSS and SVG without an end or longer than five seconds, moving images and videos, flashes, things that scripts move, scroll or paint, and backgrounds that move against a scrolled page",
    check=check,
)
