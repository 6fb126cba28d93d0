"""No points, streaks, levels or trophies."""

from __future__ import annotations

import re

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage
from lms.conformance.phrases import list_phrases

WORDS = re.compile(
    r"\b(streaks?|xp|\d+ points|points (earned|so far)|earn points|level(led)? up|level \d+ unlocked|trophy|trophies|achievements?|"
    r"unlock(ed)? a badge|coins|gems|daily goal|combo)\b",
    re.IGNORECASE,
)


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(list_phrases(WORDS, await page.words(own_only=True)))


RULE = Rule(
    id="no-games",
    title="No points, streaks, levels or trophies",
    why="Rewards replace people’s own reasons, and most reviews find harm as well as benefit",
    anchor="CARE 8; Almeida 2023",
    mark="S",
    how="looks for the vocabulary of games in the page’s own text",
    check=check,
)
