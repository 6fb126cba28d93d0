"""Which colours can be read as links and buttons, in light and in dark (contrast of WCAG 2.2, level AAA)."""

from __future__ import annotations

import re
from colorsys import hls_to_rgb, rgb_to_hls

RATIO = 7.0
# The surfaces on which links and buttons stand, as the tokens of site.css have them; a test compares them.
LIGHT = ("#f6f8f7", "#ffffff", "#ece9f6", "#fbf0d9", "#e3efec", "#e7eceb")
DARK = ("#10191c", "#17242a", "#272a40", "#352b17", "#1b3335", "#213037")
# What is written on a button of the colour.
ON_LIGHT, ON_DARK = "#ffffff", "#0b2422"
# Colours to choose from, by the name that pages translate.
PALETTE = {
    "blue": "#12466e",
    "violet": "#4a2f86",
    "plum": "#6d2146",
    "red": "#861a1f",
    "brown": "#5e3a12",
    "green": "#1d5030",
    "slate": "#37474f",
}

_HEX = re.compile(r"#?(?P<digits>[0-9a-fA-F]{6}|[0-9a-fA-F]{3})")


def as_hex(text: str) -> str | None:
    """Return a colour as # and six small digits; None for a text that is none."""
    found = _HEX.fullmatch(text.strip())
    if found is None:
        return None
    digits = found["digits"].lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def _luminance(colour: str) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _channels(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def passes(colour: str) -> bool:
    """Decide whether a colour can be read on every light surface, and text on it."""
    return all(contrast(colour, surface) >= RATIO for surface in (*LIGHT, ON_LIGHT))


def nearest(colour: str) -> str:
    """Return the colour itself or, in the same hue, the lightest one that can be read on light surfaces."""
    return next((shade for shade in _shades(colour, darker=True) if passes(shade)), "#000000")


def in_dark(colour: str) -> str:
    """Return the darkest tint of a colour that can be read on every dark surface, and text on it."""
    tints = _shades(colour, darker=False)
    return next((tint for tint in tints if all(contrast(tint, one) >= RATIO for one in (*DARK, ON_DARK))), "#ffffff")


def _shades(colour: str, *, darker: bool) -> list[str]:
    """Return a colour in its hue from as it is to black or to white, a hundredth at a time."""
    hue, lightness, saturation = rgb_to_hls(*_channels(colour))
    steps = [lightness - step / 100 if darker else lightness + step / 100 for step in range(101)]
    found = [colour]
    for each in steps[1:]:
        if 0 <= each <= 1:
            found.append("#" + "".join(f"{round(part * 255):02x}" for part in hls_to_rgb(hue, each, saturation)))
    return found


def style_sheet(colour: str) -> str:
    """Return the style that gives a page a colour that passes; browsers without light-dark() get the light one."""
    return (
        f":root{{--action:{colour};--on-action:{ON_LIGHT}}}\n"
        "@supports (color:light-dark(red,red)){:root{"
        f"--action:light-dark({colour},{in_dark(colour)});--on-action:light-dark({ON_LIGHT},{ON_DARK})"
        "}}\n"
    )
