"""Errors are marked, and each message belongs to its field."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => {
  const marked = [...document.querySelectorAll("[aria-invalid=true]")];
  if (!marked.length) return ["no field is marked as needing attention (aria-invalid)"];
  return marked.filter((node) => {
    const ids = `${node.getAttribute("aria-describedby") || ""} ${node.getAttribute("aria-errormessage") || ""}`.trim().split(/\s+/);
    return !ids.some((id) => document.getElementById(id)?.textContent.trim());
  }).map((node) => `${pageFunctions.describe(node)} points to no words`);
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(await page.ask(SCRIPT))


RULE = Rule(
    id="error-linked",
    title="Errors are marked, and each message belongs to its field",
    why="Otherwise a screen reader says “invalid” but not why",
    anchor="CARE 4.1; WCAG 3.3.1",
    mark="L",
    how="sends a form empty, then looks for aria-invalid fields and the messages they point to",
    check=check,
    kinds=frozenset({"form-error"}),
)
