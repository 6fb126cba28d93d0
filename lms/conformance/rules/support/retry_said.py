"""The page says that you can try again as often as you like."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of, there_is
from lms.conformance.inspected_page import InspectedPage
from lms.conformance.phrases import list_phrases


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    texts = await page.texts()
    said = list(list_phrases("retry-said", texts))
    limits = [f"people can only try again so often: {found}" for found in list_phrases("retry-limited", texts)]
    if limits:
        return none_of(limits)
    return there_is(said, "nothing says that you can try again")


RULE = Rule(
    id="retry-said",
    title="The page says that you can try again as often as you like",
    why="Knowing that nothing is final lets people answer honestly",
    anchor="CARE S7",
    mark="P",
    how="looks for this, in four languages, on the pages of a check and its result",
    check=check,
    kinds=frozenset({"check", "result"}),
    looks_inside=False,
)
