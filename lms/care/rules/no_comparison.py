"""Nobody is ranked or compared."""

from __future__ import annotations

import re

from lms.care.findings import Finding, Rule, none_of
from lms.care.inspected_page import Looked
from lms.care.phrases import list_phrases

WORDS = re.compile(
    r"\b(leader ?boards?|rank(ed|ing)?s?|top (learners?|students?|\d+)|ahead of you|you are behind|better than \d+|"
    r"(first|second|third) place|percentile|compared (to|with) (others|your (class|team)))\b",
    re.IGNORECASE,
)


async def check(page: Looked) -> Finding:
    """Look at one page."""
    return none_of(list_phrases(WORDS, await page.words(own_only=True)))


RULE = Rule(
    id="no-comparison",
    title="Nobody is ranked or compared",
    why="Being behind somebody doesn’t make anyone a better listener",
    anchor="CARE 8; Almeida 2023",
    mark="S",
    how="looks for ranks and leaders in the page’s own text",
    check=check,
)
