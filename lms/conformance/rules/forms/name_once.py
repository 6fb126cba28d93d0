"""Nobody has to give their name twice."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => {
  const fields = pageFunctions.all("input[autocomplete~=name], input[autocomplete~=given-name], input[name*=name i], input[name*=email i]").filter((node) => !node.value && /^(your |full |first |last |given |family |confirm |repeat )*(name|e-?mail)|(name|e-?mail).*(again|confirm|repeat)/i.test(pageFunctions.name(node)));
  const kind = (node) => pageFunctions.name(node).toLowerCase().replace(/\b(your|confirm|repeat|again|please|the)\b/g, "").replace(/\W+/g, " ").trim();
  return fields.filter((node) => !/e-?mail/i.test(pageFunctions.name(node)) || fields.some((one) => one !== node && kind(one) === kind(node)))
    .map((node) => [pageFunctions.describe(node), fields.some((one) => one !== node && fields.indexOf(one) < fields.indexOf(node) && kind(one) === kind(node))]);
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    found = await page.ask(SCRIPT)
    again = [told for told, same in found if same]
    if page.spec.signed_in and page.spec.kind not in ("account", "certificate"):
        again += [told for told, _same in found]
    return none_of(f"{told} asks for a name again" for told in again)


RULE = Rule(
    id="name-once",
    title="Nobody has to give their name twice",
    why="Repeating yourself feels like not being heard",
    anchor="CARE 4.1; WCAG 3.3.7",
    mark="L",
    how=(
        "looks for two empty name fields of the same kind on a page, and for any name field after signing in, "
        "except on the account page"
    ),
    check=check,
)
