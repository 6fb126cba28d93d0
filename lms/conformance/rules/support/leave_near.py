"""People can leave hard pages at once."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, there_is
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""words => pageFunctions.all("a[href]").some((node) => pageFunctions.visible(node) && node.target !== "_blank" && !/^\s*(#|javascript:.*)?\s*$/i.test(node.getAttribute("href")) && new RegExp(words, "i").test(`${node.innerText} ${node.getAttribute("aria-label") || ""}`))"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return there_is(
        await page.on_any_screen(SCRIPT, page.recipe.leave), "there’s no real link to leave this page at once"
    )


RULE = Rule(
    id="leave-near",
    title="People can leave hard pages at once",
    why="Someone might see them reading this",
    anchor="CARE S5; GOV.UK exit this page",
    mark="P",
    how="on a heavy lesson, looks for a real link that leaves the page (the recipe can set its words)",
    check=check,
    looks_inside=False,
    kinds=frozenset({"heavy lesson"}),
)
