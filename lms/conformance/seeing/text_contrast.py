"""Measure the contrast of text as it's painted, from pictures with the text, without it, and with it black and white."""

from __future__ import annotations

from statistics import median
from typing import Any

from PIL import Image

from lms.conformance.inspected_page import InspectedPage
from lms.conformance.seeing.pictures import Colour, contrast, crop, difference, pixels, take_picture

WINDOWS_MOST = 32
SLACK = 0.12
# A glyph's core: pixels that are covered at least this much of what the best covered pixel is.
CORE, CORES_MOST = 0.93, 250
SEEN_LEAST, BUSY, FAINT = 24, 36, 40
# Share of a text's pixels that may be too faint: on a picture, text is unreadable before all of it is.
FAINT_SHARE = 0.2
CLOSE = 2
# Colours that are as good as the same, for words on a canvas.
NEAR = 6


async def faint_texts(page: InspectedPage) -> tuple[list[str], bool]:
    """Return the texts that are too faint, window by window, and whether the page was looked at to its end."""
    await page.ask("() => { pageFunctions.calmDown(); pageFunctions.scrollTop(); }")
    found: list[str] = []
    ended = False
    for _window in range(WINDOWS_MOST):
        found += await _in_window(page)
        if not await page.ask("() => pageFunctions.scrollOn()"):
            ended = True
            break
    await page.ask("() => { pageFunctions.undress(); pageFunctions.scrollTop(); }")
    return found, ended


async def _in_window(page: InspectedPage) -> list[str]:
    runs = await page.ask("() => { pageFunctions.paint(''); return pageFunctions.textRuns(); }")
    drawn = await page.ask("() => pageFunctions.drawnRuns()")
    if not runs and not drawn:
        return []
    full = await take_picture(page)
    found = [told for run in drawn if (told := _judge_drawing(run, full))]
    bare = await _painted(page, "transparent")
    doubtful = [run for run in runs if _doubtful(run, full, bare)]
    if doubtful:
        found += await _look_closer(page, doubtful)
    await page.ask("() => pageFunctions.paint('')")
    return found


async def _painted(page: InspectedPage, colour: str, scale: float = 1) -> Image.Image:
    await page.ask("colour => pageFunctions.paint(colour)", colour)
    return await take_picture(page, scale=scale)


def _doubtful(run: dict[str, Any], full: Image.Image, bare: Image.Image) -> bool:
    """True unless the text is plainly readable: on one colour, with enough contrast where it's best covered."""
    for box in run["boxes"]:
        under, over = crop(bare, box), crop(full, box)
        change = difference(over, under)
        most = int(change.getextrema()[1])  # type: ignore[arg-type]
        busy = any(int(high) - int(low) > BUSY for low, high in under.getextrema())  # type: ignore[misc]
        if most < SEEN_LEAST or busy:
            return True
        places = _cores(change, most)
        if _ratio(pixels(over, places), pixels(under, places)) < run["need"]:
            return True
    return False


async def _look_closer(page: InspectedPage, runs: list[dict[str, Any]]) -> list[str]:
    """Judge doubtful texts from pictures that are twice as sharp, where glyphs have fully covered pixels."""
    await page.ask("() => pageFunctions.paint('')")
    full = await take_picture(page, scale=CLOSE)
    bare, black, white = [await _painted(page, colour, CLOSE) for colour in ("transparent", "#000", "#fff")]
    return [told for run in runs if (told := _judge(run, full, bare, difference(white, black)))]


def _judge(run: dict[str, Any], full: Image.Image, bare: Image.Image, cover: Image.Image) -> str:
    """Return the problem with a text, or an empty string."""
    ratios: list[float] = []
    for box in run["boxes"]:
        covered = crop(cover, box, CLOSE)
        most = int(covered.getextrema()[1])  # type: ignore[arg-type]
        if most < FAINT:
            continue  # hidden under something, or scrolled away within its own box
        places = _cores(covered, most)
        over, under = pixels(crop(full, box, CLOSE), places), pixels(crop(bare, box, CLOSE), places)
        ratios += [contrast(one, two) for one, two in zip(over, under, strict=True)]
    if not ratios:
        return f"{run['told']} can’t be seen" if run["mixed"] else ""
    faint = sorted(ratios)[int(len(ratios) * FAINT_SHARE)]
    return f"{run['told']} has a contrast of {faint:.1f} to 1" if faint < run["need"] - SLACK else ""


def _judge_drawing(run: dict[str, Any], full: Image.Image) -> str:
    """Judge words on a canvas: their own colour against the commonest colour around them."""
    part = crop(full, run["box"])
    red, green, blue, alpha = run["paint"]
    own = (red, green, blue)
    colours: list[tuple[int, Colour]] = sorted(part.getcolors(part.width * part.height) or [], reverse=True)  # type: ignore[arg-type]
    ground = next((colour for _count, colour in colours if max(map(abs, _minus(colour, own))) > NEAR), None)
    if ground is None:
        return f"{run['told']}, has the colour of what is behind it"
    paint = tuple(round(mine * alpha + behind * (1 - alpha)) for mine, behind in zip(own, ground, strict=True))
    ratio = contrast(paint, ground)
    return f"{run['told']}, has a contrast of {ratio:.1f} to 1" if ratio < run["need"] - SLACK else ""


def _minus(one: Colour, two: Colour) -> list[int]:
    return [mine - other for mine, other in zip(one, two, strict=True)]


def _cores(change: Image.Image, most: int) -> list[int]:
    least = most * CORE
    places = [at for at, value in enumerate(change.tobytes()) if value >= least]
    return places[:: max(1, len(places) // CORES_MOST)]


def _ratio(over: list[Colour], under: list[Colour]) -> float:
    return median(contrast(one, two) for one, two in zip(over, under, strict=True))
