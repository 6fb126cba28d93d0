"""Nobody has to give a gender, title, birth date or history."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => {
  const asks = /\b(gender|sex|title|salutation|mr|mrs|marital|religion|ethnic\w*|race|birth\w*|dob|trauma\w*|abuse\w*|diagnos\w*|medical|history|disabilit\w*)\b/i;
  return pageFunctions.all("input, select, textarea").filter((node) => {
    const star = [...(node.labels || [])].some((one) => /\*\s*$/.test(one.innerText.trim()));
    return (node.required || node.getAttribute("aria-required") === "true" || star) && asks.test(`${node.name.replace(/[_-]/g, " ")} ${pageFunctions.name(node)} ${node.closest("fieldset")?.querySelector("legend")?.innerText || ""}`);
  }).map((node) => `${pageFunctions.describe(node)} has to be filled in`);
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(await page.ask(SCRIPT))


RULE = Rule(
    id="no-forced-disclosure",
    title="Nobody has to give a gender, title, birth date or history",
    why="Many people have been made to disclose enough, and training doesn’t need it",
    anchor="CARE G2, 8",
    mark="P",
    how="looks for required fields that ask for any of these",
    check=check,
)
