"""Nothing counts down, and no text changes by itself."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage
from lms.conformance.phrases import list_phrases
from lms.conformance.seeing.watching import SOON_LAST, watch, watch_longer

NEWS = "([from, to]) => pageFunctions.news(from, to)"


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    await watch(page)
    slow = await page.ask("() => pageFunctions.slowShapes()")
    found = [
        f"“{line[:60]}” appeared by itself" for at in range(1, SOON_LAST + 1) for line in await page.ask(NEWS, [0, at])
    ]
    gone = (await watch_longer(page)).left_for
    shapes = await page.ask("() => pageFunctions.gauges(1)")
    later = [line for at in (SOON_LAST + 1, SOON_LAST + 2) for line in await page.ask(NEWS, [0, at])]
    found += [f"“{line[:60]}” appeared after a long time" for line in later if any(map(str.isdigit, line))]
    left = [f"{words} counts time" for words in list_phrases("time-left", await page.texts(own_only=True))]
    return none_of(
        [*found, *slow, *shapes, *left, *[f"the page moves on by itself, to {address[:60]}" for address in gone]]
    )


RULE = Rule(
    id="no-countdown",
    title="Nothing counts down, and no text changes by itself",
    why="Speed isn’t part of the skill, and a clock makes a hard subject harder",
    anchor="CARE S6; WCAG 2.2.1, 2.2.3",
    mark="L",
    how="watches the page’s words, levels, bars and drawings for a second, then sets its clock forward by seconds, minutes and an hour; reports what counts, shrinks or fills, and words such as “3 minutes left”",
    check=check,
)
