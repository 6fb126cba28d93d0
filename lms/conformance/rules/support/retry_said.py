"""The page says that you can try again as often as you like."""

from __future__ import annotations

import re

from lms.conformance.findings import Finding, Rule, there_is
from lms.conformance.inspected_page import InspectedPage

WORDS = re.compile(
    r"as often as you|as many times|any number of times|unlimited|try again|take it again|whenever you|"
    r"no limit|you can (always )?(retake|repeat|redo)|again (at any time|when)",
    re.IGNORECASE,
)


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return there_is(WORDS.search(await page.words()), "nothing says that you can try again")


RULE = Rule(
    id="retry-said",
    title="The page says that you can try again as often as you like",
    why="Knowing that nothing is final lets people answer honestly",
    anchor="CARE S7",
    mark="P",
    how="looks for this on the pages of a check and its result",
    check=check,
    kinds=frozenset({"check", "result"}),
)
