"""People can pause with one press."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, there_is
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""words => pageFunctions.all("a[href], button, summary, [role=button], input[type=submit]").some((node) => pageFunctions.visible(node) && !node.matches(":disabled, [aria-disabled=true]") && new RegExp(words, "i").test(`${node.innerText} ${node.getAttribute("aria-label") || ""} ${node.value || ""}`))"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return there_is(await page.on_any_screen(SCRIPT, page.recipe.pause), "there’s no visible link or button to pause")


RULE = Rule(
    id="pause-near",
    title="People can pause with one press",
    why="Nobody who feels overwhelmed should have to search for a way out",
    anchor="CARE S3",
    mark="P",
    how="looks for a visible link or button that says pause (the recipe can set its words)",
    check=check,
    looks_inside=False,
    kinds=frozenset(
        {
            "home",
            "sign-in",
            "lesson",
            "heavy lesson",
            "check",
            "result",
            "form-error",
            "not-found",
            "account",
            "certificate",
        }
    ),
)
