"""No points, streaks, levels or trophies."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage
from lms.conformance.phrases import list_phrases


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(list_phrases("no-games", await page.texts(own_only=True)))


RULE = Rule(
    id="no-games",
    title="No points, streaks, levels or trophies",
    why="Rewards replace people’s own reasons, and most reviews find harm as well as benefit",
    anchor="CARE 8; Almeida 2023",
    mark="S",
    how="looks for the vocabulary of games in the page’s own text, in four languages",
    check=check,
)
