"""It is said that one may try again as often as one likes."""

from __future__ import annotations

import re

from lms.care.findings import Finding, Rule, there_is
from lms.care.looked import Looked

WORDS = re.compile(
    r"as often as you|as many times|any number of times|unlimited|try again|take it again|whenever you|"
    r"no limit|you can (always )?(retake|repeat|redo)|again (at any time|when)",
    re.IGNORECASE,
)


async def check(page: Looked) -> Finding:
    """Look at one page."""
    return there_is(WORDS.search(await page.words()), "nothing says that one may try again")


RULE = Rule(
    id="retry-said",
    title="It is said that one may try again as often as one likes",
    why="Knowing that nothing is final lets people answer honestly",
    anchor="CARE S7",
    mark="P",
    how="reads a check and a result for words that say so",
    check=check,
    kinds=frozenset({"check", "result"}),
)
