"""No word blames the reader."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage
from lms.conformance.phrases import list_phrases


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(list_phrases("kind-words", await page.texts(own_only=True)))


RULE = Rule(
    id="kind-words",
    title="No word blames the reader",
    why="People who feel judged stop learning, and you can say what went differently without blame",
    anchor="CARE E1",
    mark="M",
    how="looks for words that blame in the page’s own text, in four languages, not in the lesson’s prose",
    check=check,
)
