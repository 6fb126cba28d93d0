"""No word blames the reader."""

from __future__ import annotations

import re

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage
from lms.conformance.phrases import list_phrases

WORDS = re.compile(
    r"\b(wrong|incorrect|invalid|you (have )?fail(ed)?|failed|failure|oops|uh[- ]oh|illegal|bad (answer|request|password)|"
    r"you forgot|you did not bother|your (mistake|fault)|shame|stupid|lazy)\b",
    re.IGNORECASE,
)


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(list_phrases(WORDS, await page.words(own_only=True)))


RULE = Rule(
    id="kind-words",
    title="No word blames the reader",
    why="People who feel judged stop learning, and you can say what went differently without blame",
    anchor="CARE E1",
    mark="M",
    how="looks for words that blame in the page’s own text, not in the lesson’s prose",
    check=check,
)
