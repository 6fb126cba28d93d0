"""Walk a page with Tab, and compare pictures to see how each element shows that it has the focus."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from lms.conformance.inspected_page import InspectedPage
from lms.conformance.seeing.pictures import HEIGHT, WIDTH, Box, contrast, difference, pixels, take_picture

TABS_MOST = 80
# How often Tab may stop inside one control of the browser's own, such as a player or a date.
STOPS_INSIDE_MOST = 16
# How many elements of one look are compared with pictures, and how far around them a ring may be.
ALIKE_MOST, MARGIN = 2, 7
CHANGE_LEAST, CONTRAST_LEAST = 14, 3.0
# The part of the element's outline, one pixel thick, that has to change.
EDGE_SHARE = 0.35
SAMPLE = 4000


@dataclass
class Walk:
    """The elements at which Tab and then Shift+Tab stopped, and where Tab got stuck."""

    stops: list[dict[str, Any]] = field(default_factory=list)
    trapped: str = ""


async def walk_with_tab(page: InspectedPage) -> Walk:
    """Return where Tab stops; the answer is remembered."""
    return await page.remember("walk", lambda: _walk(page))


async def _walk(page: InspectedPage) -> Walk:
    await page.ask("() => pageFunctions.startFocus()")
    found, trapped = await _go(page, "Tab")
    back, _trapped = await _go(page, "Shift+Tab")
    await page.ask("() => { document.activeElement?.blur?.(); scrollTo(0, 0); pageFunctions.undress(); }")
    return Walk(found + back, trapped)


async def _go(page: InspectedPage, key: str) -> tuple[list[dict[str, Any]], str]:
    found: list[dict[str, Any]] = []
    seen: set[int] = set()
    alike: Counter[str] = Counter()
    inside = 0
    for _step in range(TABS_MOST):
        await page.page.keyboard.press(key)
        here = await page.ask("() => pageFunctions.focused()")
        if here is None:
            robbed = await page.ask("() => pageFunctions.robbed()") if key == "Tab" else None
            if robbed is None:
                break
            found.append(robbed | {"key": key})
            continue
        if here["parts"] and found and here["mark"] == found[-1].get("mark") and inside < STOPS_INSIDE_MOST:
            inside += 1
            continue
        inside = 0
        if here["mark"] in seen:
            return found, await _stuck(page, here, found)
        seen.add(here["mark"])
        alike[here["kind"]] += 1
        here["faint"] = ""
        if key == "Tab" and here["region"] and not here["frame"] and alike[here["kind"]] <= ALIKE_MOST:
            here["faint"] = await _faint(page, here)
        found.append(here | {"key": key})
    return found, ""


async def _stuck(page: InspectedPage, here: dict[str, Any], found: list[dict[str, Any]]) -> str:
    """Return where Tab goes round in circles, unless that's the whole page or an open dialog."""
    if here["modal"]:
        return ""
    if here["mark"] == found[0]["mark"] and not await page.ask("() => pageFunctions.unvisited()"):
        return ""
    return f"Tab doesn’t get any further than {found[-1]['described']}"


async def _faint(page: InspectedPage, here: dict[str, Any]) -> str:
    """Return how the focus fails to show, or an empty string: compare the element with and without the focus."""
    box = _around(here["region"])
    if box is None:
        return ""
    with_focus = await take_picture(page, box)
    await page.ask("() => pageFunctions.letGo()")
    without = await take_picture(page, box)
    await page.ask("() => pageFunctions.takeBack()")
    change = difference(with_focus, without).tobytes()
    places = [at for at, value in enumerate(change) if value >= CHANGE_LEAST]
    if not places:
        return "doesn’t show that it has the focus"
    step = max(1, len(places) // SAMPLE)
    some = places[::step]
    ratios = [contrast(a, b) for a, b in zip(pixels(with_focus, some), pixels(without, some), strict=True)]
    plain = sum(ratio >= CONTRAST_LEAST - 0.05 for ratio in ratios) * step
    if plain >= EDGE_SHARE * here["edge"]:
        return ""
    if plain == 0:
        return f"shows the focus too faintly, with a contrast of {max(ratios):.1f} to 1"
    return "shows the focus in too small a place"


def _around(region: list[float]) -> Box | None:
    left, top, right, bottom = region
    left, top = max(0, left - MARGIN), max(0, top - MARGIN)
    right, bottom = min(WIDTH, right + MARGIN), min(HEIGHT, bottom + MARGIN)
    return (left, top, right - left, bottom - top) if right - left > 2 and bottom - top > 2 else None
