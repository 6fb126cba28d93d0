"""No points, streaks, levels or trophies."""

from __future__ import annotations

import re

from lms.care.findings import Finding, Rule, none_of
from lms.care.looked import Looked
from lms.care.phrases import list_phrases

WORDS = re.compile(
    r"\b(streaks?|xp|\d+ points|points (earned|so far)|earn points|level(led)? up|level \d+ unlocked|trophy|trophies|achievements?|"
    r"unlock(ed)? a badge|coins|gems|daily goal|combo)\b",
    re.IGNORECASE,
)


async def check(page: Looked) -> Finding:
    """Look at one page."""
    return none_of(list_phrases(WORDS, await page.words(own_only=True)))


RULE = Rule(
    id="no-games",
    title="No points, streaks, levels or trophies",
    why="Rewards for showing up take the place of reasons; most reviews find harm beside use",
    anchor="CARE 8; Almeida 2023",
    mark="S",
    how="reads the page's own words for game talk",
    check=check,
)
