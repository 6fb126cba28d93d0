"""The page is readable without JavaScript."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, Verdict, none_of
from lms.conformance.inspected_page import InspectedPage


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    without = await page.text_without_scripts() if page.text_without_scripts else None
    if without is None:
        return Finding(Verdict.NOT_CHECKED, ("the page couldn’t be opened again without JavaScript",))
    words = await page.ask("() => document.body.innerText")
    full, plain = set(words.lower().split()), set(without.lower().split())
    share = len(full & plain) / max(1, len(full))
    return none_of([f"without JavaScript {share:.0%} of the text is there"] if share < 0.8 else [])


RULE = Rule(
    id="without-javascript",
    title="The page is readable without JavaScript",
    why="Scripts fail first on old phones, strict networks and weak signals, but people still need the text",
    anchor="CARE 5; P1",
    mark="P",
    how="opens the page again without JavaScript and compares the text",
    check=check,
    as_opened=True,
)
