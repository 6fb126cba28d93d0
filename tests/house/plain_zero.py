"""Take the slash out of the zeros of the text faces of certificates: python -m tests.house.plain_zero FONT…

In prose, a slashed zero makes 80% look like a code. Atkinson Hyperlegible Next has no other zero, so its own is drawn
again without the slash; its licence allows that, and reserves no name. Codes are in Atkinson Hyperlegible Mono.
"""

from __future__ import annotations

import sys
from array import array

from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import GlyphCoordinates

# The outline and the two counters beside the slash; the last four points of the first counter lead from its leftmost
# point down to the one at which it begins.
SLASHED, QUARTER = 3, 4


def draw_plain_zero(font: TTFont) -> bool:
    """Draw the zero as its outline and one counter, mirrored from the quarter below the slash; False if it was so."""
    glyf = font["glyf"]
    zero = glyf["zero"]
    points, ends, flags = zero.getCoordinates(glyf)
    if len(ends) != SLASHED:
        return False
    outline, first = ends[0] + 1, points[ends[0] + 1 : ends[1] + 1]
    bottom, left, *bends = first[0], *first[-QUARTER:]
    across, up = 2 * bottom[0], 2 * left[1]
    quarters = [
        [bottom, *((across - x, y) for x, y in reversed(bends))],
        [(across - left[0], left[1]), *((across - x, up - y) for x, y in bends)],
        [(bottom[0], up - bottom[1]), *((x, up - y) for x, y in reversed(bends))],
        [left, *bends],
    ]
    counter = [point for quarter in quarters for point in quarter]
    zero.coordinates = GlyphCoordinates([*points[:outline], *counter])
    zero.flags = array("B", [*flags[:outline], *([1, *[0] * len(bends)] * len(quarters))])
    zero.endPtsOfContours, zero.numberOfContours = [ends[0], ends[0] + len(counter)], SLASHED - 1
    zero.recalcBounds(glyf)
    return True


def main(paths: list[str]) -> None:
    """Draw the zeros of some font files anew, in place."""
    for path in paths:
        font = TTFont(path, recalcTimestamp=False)
        if draw_plain_zero(font):
            font.save(path)


if __name__ == "__main__":
    main(sys.argv[1:])
