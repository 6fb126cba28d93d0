"""Nobody is ranked or compared."""

from __future__ import annotations

import re

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage
from lms.conformance.phrases import list_phrases

WORDS = re.compile(
    r"\b(leader ?boards?|rank(ed|ing)?s?|top (learners?|students?|\d+)|ahead of you|you are behind|better than \d+|"
    r"(first|second|third) place|percentile|compared (to|with) (others|your (class|team)))\b",
    re.IGNORECASE,
)


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
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
