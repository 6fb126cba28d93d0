"""Errors are marked, and each message belongs to its field."""

from __future__ import annotations

from lms.care.findings import Finding, Rule, none_of
from lms.care.inspected_page import Looked

SCRIPT = r"""() => {
  const marked = [...document.querySelectorAll("[aria-invalid=true]")];
  if (!marked.length) return ["no field is marked as needing attention (aria-invalid)"];
  return marked.filter((node) => {
    const ids = `${node.getAttribute("aria-describedby") || ""} ${node.getAttribute("aria-errormessage") || ""}`.trim().split(/\s+/);
    return !ids.some((id) => document.getElementById(id)?.textContent.trim());
  }).map((node) => `${careSees.told(node)} points to no words`);
}"""


async def check(page: Looked) -> Finding:
    """Look at one page."""
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
