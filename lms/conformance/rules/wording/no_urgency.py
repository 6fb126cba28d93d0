"""No words rush people or threaten a loss."""

from __future__ import annotations

import re

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage
from lms.conformance.phrases import list_phrases

WORDS = re.compile(
    r"\b(hurry|last chance|act now|running out|time('s| is)? up|time (left|remaining)|don['’]t (miss|lose)|you (will|['’]ll) lose|"
    r"(will be|be) lost|overdue|expires? (soon|in \d+)|only \d+ [a-z]+ left|before it['’]?s too late|final (notice|warning))\b",
    re.IGNORECASE,
)


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(list_phrases(WORDS, await page.words(own_only=True)))


RULE = Rule(
    id="no-urgency",
    title="No words rush people or threaten a loss",
    why="Urgency puts pressure on people, and there is time",
    anchor="CARE S6, 8; Almeida 2023",
    mark="S",
    how="looks for words of haste and loss in the page’s own text",
    check=check,
)
