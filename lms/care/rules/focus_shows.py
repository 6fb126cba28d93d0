"""The place of the keyboard shows."""

from __future__ import annotations

from lms.care.findings import Finding, Rule, none_of
from lms.care.looked import Looked


async def check(page: Looked) -> Finding:
    """Look at one page."""
    return none_of(
        f"{stop['told']} does not show that it has the focus"
        for stop in await page.stops()
        if not (stop["ring"] or stop["tiny"] or stop["frame"])
    )


RULE = Rule(
    id="focus-shows",
    title="The place of the keyboard shows",
    why="Without a mouse, a lost place means starting over",
    anchor="CARE 4.4; WCAG 2.4.7",
    mark="L",
    how="goes through the page with Tab and compares how each thing looks before and after",
    check=check,
)
