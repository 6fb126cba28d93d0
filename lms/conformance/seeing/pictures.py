"""Screenshots, and the contrast between two colours."""

from __future__ import annotations

import base64
import io

from PIL import Image, ImageChops

from lms.conformance.inspected_page import InspectedPage

WIDTH, HEIGHT = 1280, 900
Colour = tuple[int, ...]
Box = tuple[float, float, float, float]


async def take_picture(page: InspectedPage, box: Box | None = None, scale: float = 1) -> Image.Image:
    """Return a picture of the window, or of a box of it, in RGB; `scale` is pixels to a CSS pixel."""
    left, top, width, height = box or (0, 0, WIDTH, HEIGHT)
    scrolled = await page.ask("() => [scrollX, scrollY]")
    clip = {"x": left + scrolled[0], "y": top + scrolled[1], "width": width, "height": height, "scale": scale}
    session = await page.devtools()
    taken = await session.send("Page.captureScreenshot", {"format": "png", "optimizeForSpeed": True, "clip": clip})
    return Image.open(io.BytesIO(base64.b64decode(taken["data"]))).convert("RGB")


def crop(picture: Image.Image, box: Box, scale: float = 1) -> Image.Image:
    """Return the part of a picture within a box in CSS pixels."""
    left, top, width, height = box
    return picture.crop(
        (round(left * scale), round(top * scale), round((left + width) * scale), round((top + height) * scale))
    )


def difference(one: Image.Image, two: Image.Image) -> Image.Image:
    """Return, as a grey picture, how far two pictures differ: the largest of the three colours at each pixel."""
    red, green, blue = ImageChops.difference(one, two).split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue)


def contrast(one: Colour, two: Colour) -> float:
    """Return the contrast of two colours as WCAG defines it, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _linear(value: int) -> float:
    share = value / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


LINEAR = tuple(_linear(value) for value in range(256))


def _luminance(colour: Colour) -> float:
    return 0.2126 * LINEAR[colour[0]] + 0.7152 * LINEAR[colour[1]] + 0.0722 * LINEAR[colour[2]]


def pixels(picture: Image.Image, places: list[int]) -> list[Colour]:
    """Return the colours at some places, counted row by row."""
    data = picture.tobytes()
    return [tuple(data[3 * at : 3 * at + 3]) for at in places]
