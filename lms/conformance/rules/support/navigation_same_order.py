"""Navigation has the same order on every page."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, Verdict, none_of
from lms.conformance.inspected_page import InspectedPage


def _same_order(here: list[str], there: list[str]) -> bool:
    """True when what both have comes in the same order in both."""
    shared = set(here) & set(there)
    return [one for one in here if one in shared] == [one for one in there if one in shared]


SCRIPT = r"""() => [...new Set(pageFunctions.all("header a[href], nav a[href], footer a[href], [role=navigation] a[href]").filter((node) => !node.closest("main, [role=main]")).map((node) => `${(node.closest("nav, header, footer, [role=navigation]").getAttribute("aria-label") || node.closest("nav, header, footer, [role=navigation]").tagName)}: ${node.innerText.trim()}`))]"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    here = await page.ask(SCRIPT)
    others = await page.note("navigation", here)
    if not any(len(set(here) & set(there)) > 1 for _name, there in others):
        return Finding(Verdict.NO_CASE, ("no page before this one has the same links",))
    return none_of(f"its order differs from “{name}”" for name, there in others if not _same_order(here, there))


RULE = Rule(
    id="navigation-same-order",
    title="Navigation has the same order on every page",
    why="If a menu changes, people have to learn it again on every page",
    anchor="CARE T4; WCAG 3.2.3",
    mark="L",
    how="compares the order of the navigation links that a visitor’s pages share",
    check=check,
    looks_inside=False,
    needs_case=True,
)
