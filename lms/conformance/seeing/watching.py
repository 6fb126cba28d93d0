"""Watch a page that nobody touches: for a second of real time, then by setting its clock forward."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from PIL import Image
from playwright.async_api import Route

from lms.conformance.inspected_page import InspectedPage
from lms.conformance.seeing.pictures import difference, take_picture

MOMENT = 0.33
# Seconds by which the page's clock is set forward: first a few, then minutes, later an hour.
SOON, LATER = (6, 61, 120), (601, 3600)
# Glances between which only a moment passes, and those between which the clock leaps.
MOVED, LEAPS = (2, 3), [(1, 2), (3, 4), (4, 5)]
SOON_LAST = 5
STILL_MOVES = 12


@dataclass
class Watched:
    """What happened by itself: where the page wanted to go, and whether its picture changed within a moment."""

    left_for: list[str] = field(default_factory=list)
    picture_changed: bool = False
    opened: list[str] = field(default_factory=list)


async def watch(page: InspectedPage) -> Watched:
    """Watch a page for three minutes of its own clock; the answer is remembered."""
    return await page.remember("watched", lambda: _watch(page))


async def watch_longer(page: InspectedPage) -> Watched:
    """Watch a page for more than an hour of its own clock; the answer is remembered."""
    return await page.remember("watched longer", lambda: _watch_longer(page))


async def _watch(page: InspectedPage) -> Watched:
    seen = Watched()
    stop = await _hold(page, seen)
    await page.ask("() => pageFunctions.hush()")
    await _glance(page, MOMENT)
    await _glance(page)
    await _leap(page, SOON[0])
    one = await take_picture(page, scale=0.5)
    await _glance(page, MOMENT)
    two = await take_picture(page, scale=0.5)
    await _glance(page)
    seen.picture_changed = _changed(one, two)
    for seconds in SOON[1:]:
        await _leap(page, seconds)
        await _glance(page)
    await stop()
    return seen


async def _watch_longer(page: InspectedPage) -> Watched:
    seen = await watch(page)
    stop = await _hold(page, seen)
    for seconds in LATER:
        await _leap(page, seconds)
        await _glance(page)
    await stop()
    return seen


def _changed(one: Image.Image, two: Image.Image) -> bool:
    return sum(difference(one, two).histogram()[STILL_MOVES:]) > 4


async def _glance(page: InspectedPage, wait: float = 0.0) -> None:
    await page.ask("() => pageFunctions.glance()")
    await asyncio.sleep(wait)


async def _leap(page: InspectedPage, seconds: int) -> None:
    await page.page.clock.fast_forward(seconds * 1000)
    await asyncio.sleep(0.06)


async def _hold(page: InspectedPage, seen: Watched) -> Callable[[], Awaitable[None]]:
    """Keep the page from going elsewhere while it's watched, and remember where it wanted to go."""

    async def answer(route: Route) -> None:
        asked = route.request
        if asked.is_navigation_request() and asked.frame == page.page.main_frame:
            seen.left_for.append(asked.url)
            await route.fulfill(status=204)
        else:
            await route.continue_()

    await page.page.route("**/*", answer)
    return lambda: page.page.unroute("**/*", answer)
