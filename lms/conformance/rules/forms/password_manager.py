"""The device can fill in passwords."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => pageFunctions.all("input[type=password], input[type=email], input[name*=user i]").filter((node) => node.autocomplete === "off" || node.form?.getAttribute("autocomplete") === "off").map((node) => `${pageFunctions.describe(node)} has autocomplete off`)"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(await page.ask(SCRIPT))


RULE = Rule(
    id="password-manager",
    title="The device can fill in passwords",
    why="Having to remember a password shuts some people out",
    anchor="CARE E8; WCAG 3.3.8",
    mark="L",
    how="looks for autocomplete=off on password and name fields",
    check=check,
)
