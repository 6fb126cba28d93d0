"""The page is readable without JavaScript."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, Verdict, none_of
from lms.conformance.inspected_page import InspectedPage

SHARE_LEAST = 0.8
SCRIPT = (
    "() => [document.body, document.querySelector('main, [role=main], article')].map((node) => node?.innerText ?? '')"
)


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    without = await page.text_without_scripts() if page.text_without_scripts else None
    if without is None:
        return Finding(Verdict.NOT_CHECKED, ("the page couldn’t be opened again without JavaScript",))
    plain = set(without.lower().split())
    shares = [len(full & plain) / len(full) for words in await page.ask(SCRIPT) if (full := set(words.lower().split()))]
    share = min(shares, default=1.0)
    return none_of([f"without JavaScript {share:.0%} of the text is there"] if share < SHARE_LEAST else [])


RULE = Rule(
    id="without-javascript",
    title="The page is readable without JavaScript",
    why="Scripts fail first on old phones, strict networks and weak signals, but people still need the text",
    anchor="CARE 5; P1",
    mark="P",
    how="opens the page again without JavaScript and compares the text, the whole and its main part",
    check=check,
    as_opened=True,
    looks_inside=False,
)
