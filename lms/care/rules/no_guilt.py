"""Nobody is made to feel guilty for stopping."""

from __future__ import annotations

import re

from lms.care.findings import Finding, Rule, none_of
from lms.care.looked import Looked
from lms.care.phrases import list_phrases

WORDS = re.compile(
    r"\bare you sure you want to (stop|leave|quit|go|give up|log ?out|sign out)\b|\bdon['’]t (give up|go|leave)\b|"
    r"\b(quitters?|we['’]ll miss you|come back soon|you haven['’]t (visited|learned))\b",
    re.IGNORECASE,
)


async def check(page: Looked) -> Finding:
    """Look at one page."""
    return none_of(list_phrases(WORDS, await page.words(own_only=True)))


RULE = Rule(
    id="no-guilt",
    title="Nobody is made to feel guilty for stopping",
    why="To be able to stop, without a plea, is what makes a page safe",
    anchor="CARE 8",
    mark="P",
    how="reads the page's own words for pleas, and looks for a page that holds back whoever leaves",
    check=check,
)
