"""QR codes as SVG for a page."""

from __future__ import annotations

from markupsafe import Markup

# A module of a QR code in pixels; the page scales it.
SCALE, BORDER = 4, 4


def qr_code(text: str) -> Markup:
    """Return a QR code as SVG; black on white in every colour scheme, because phones read it."""
    # Imported here for its 1.2 MB, because the job process draws none for a page.
    import segno

    made = segno.make_qr(text, error="m")
    svg = made.svg_inline(scale=SCALE, border=BORDER, light="#fff", dark="#000", svgclass=None, lineclass=None)
    return Markup(svg)  # noqa: S704 - made of numbers by segno
