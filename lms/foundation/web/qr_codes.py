"""QR codes as SVG for a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from lms.foundation.late import late

if TYPE_CHECKING:
    import segno
else:
    segno = late("segno")  # 1.2 MB, because the job process draws no QR code for a page

# A module of a QR code in pixels; the page scales it.
SCALE, BORDER = 4, 4


def qr_code(text: str) -> Markup:
    """Return a QR code as SVG; black on white in every colour scheme, because phones read it."""
    made = segno.make_qr(text, error="m")
    svg = made.svg_inline(scale=SCALE, border=BORDER, light="#fff", dark="#000", svgclass=None, lineclass=None)
    return Markup(svg)  # noqa: S704 - made of numbers by segno
