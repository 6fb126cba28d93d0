"""The page names its language."""

from __future__ import annotations

from lms.care.findings import Finding, Rule, there_is
from lms.care.looked import Looked


async def check(page: Looked) -> Finding:
    """Look at one page."""
    return there_is(await page.ask("() => document.documentElement.lang.trim()"), "no lang on the page")


RULE = Rule(
    id="language-named",
    title="The page names its language",
    why="A screen reader that does not know the language reads words as noise",
    anchor="CARE 4.1; WCAG 3.1.1",
    mark="L",
    how="reads lang on the html element",
    check=check,
)
