"""Errors are marked, and each message belongs to its field."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, Verdict, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => {
  const fields = pageFunctions.all("input:not([type=hidden], [type=submit], [type=button]), select, textarea");
  const marked = pageFunctions.every("[aria-invalid]").filter((node) => ["true", "grammar", "spelling"].includes(node.getAttribute("aria-invalid")) && (pageFunctions.shown(node) || pageFunctions.labels(node).some(pageFunctions.shown)));
  if (!marked.length) return [fields.length, ["no field is marked as needing attention (aria-invalid)"]];
  const said = (node) => [...pageFunctions.referred(node, "aria-describedby"), ...pageFunctions.referred(node, "aria-errormessage")].some((one) => pageFunctions.shown(one) && /\p{L}{2,}/u.test(one.textContent));
  const grouped = (node) => { const group = pageFunctions.near(node.parentElement, "fieldset, [role=group], [role=radiogroup]"); return node.matches("[type=radio], [type=checkbox]") && group && said(group); };
  return [fields.length, marked.filter((node) => !said(node) && !grouped(node)).map((node) => `${pageFunctions.describe(node)} points to no words`)];
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    fields, found = await page.ask(SCRIPT)
    if not fields:
        return Finding(Verdict.NO_CASE, ("there’s no form on the page",))
    return none_of(found)


RULE = Rule(
    id="error-linked",
    title="Errors are marked, and each message belongs to its field",
    why="Otherwise a screen reader says “invalid” but not why",
    anchor="CARE 4.1; WCAG 3.3.1",
    mark="L",
    how="sends a form empty, then looks for aria-invalid fields and the messages they point to",
    check=check,
    kinds=frozenset({"form-error"}),
    needs_case=True,
)
