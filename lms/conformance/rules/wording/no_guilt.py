"""Nobody is made to feel guilty for stopping."""

from __future__ import annotations

import re

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage
from lms.conformance.phrases import list_phrases

WORDS = re.compile(
    r"\bare you sure you want to (stop|leave|quit|go|give up|log ?out|sign out)\b|\bdon['’]t (give up|go|leave)\b|"
    r"\b(quitters?|we['’]ll miss you|come back soon|you haven['’]t (visited|learned))\b",
    re.IGNORECASE,
)


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(list_phrases(WORDS, await page.words(own_only=True)))


RULE = Rule(
    id="no-guilt",
    title="Nobody is made to feel guilty for stopping",
    why="A page is safe if you can stop without being asked to stay",
    anchor="CARE 8",
    mark="P",
    how="looks for pleas in the page’s own text, and for pages that try to stop people from leaving",
    check=check,
)
