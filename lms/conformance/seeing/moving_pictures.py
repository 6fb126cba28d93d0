"""Find pictures that move: GIF, APNG, WebP and SVG files that play for longer than five seconds."""

from __future__ import annotations

import base64
import io
import re
from urllib.parse import unquote_to_bytes

from PIL import Image
from playwright.async_api import Error

from lms.conformance.inspected_page import InspectedPage

LONGEST, FLASH = 5000, 334
PICTURES_MOST, BYTES_MOST, WAIT = 60, 8_000_000, 5000
MOVING_SVG = re.compile(rb"<animate|<set\b|@keyframes", re.IGNORECASE)


async def moving_pictures(page: InspectedPage) -> list[str]:
    """Return the pictures on the page that move by themselves."""
    addresses = await page.ask("() => pageFunctions.pictures()")
    found = []
    for address in addresses[:PICTURES_MOST]:
        if kind := _moves(await _read(page, address)):
            found.append(f"a moving {kind}: {address[:60]}")
    return found


async def _read(page: InspectedPage, address: str) -> bytes:
    if address.startswith("data:"):
        head, _comma, body = address.partition(",")
        plain = unquote_to_bytes(body)
        return base64.b64decode(plain + b"===") if ";base64" in head else plain
    try:
        answer = await page.page.request.get(address, timeout=WAIT)
        return (await answer.body())[:BYTES_MOST]
    except Error:
        return b""


def _moves(data: bytes) -> str:
    """Return the kind of a picture that plays for long or flashes, or an empty string."""
    if data.lstrip()[:5] in (b"<svg ", b"<?xml", b"<svg>", b"<!DOC"):
        return "SVG picture" if MOVING_SVG.search(data) else ""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            frames = getattr(picture, "n_frames", 1)
            if frames < 2:
                return ""
            picture.seek(1)
            each = float(picture.info.get("duration") or 100)
            turns = picture.info.get("loop", 1)
            # GIF: 0 is for ever, n is n more turns, absent is once.
            total = float("inf") if turns == 0 else each * frames * (turns + 1 if picture.format == "GIF" else turns)
            return f"{picture.format} picture" if total > LONGEST or (each < FLASH and frames * turns > 3) else ""
    except (OSError, SyntaxError, ValueError):
        return ""
