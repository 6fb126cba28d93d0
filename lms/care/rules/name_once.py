"""Nobody has to give their name twice."""

from __future__ import annotations

from lms.care.findings import Finding, Rule, none_of
from lms.care.inspected_page import Looked

SCRIPT = r"""() => {
  const fields = careSees.all("input[autocomplete~=name], input[autocomplete~=given-name], input[name*=name i], input[name*=email i]").filter((node) => !node.value && /^(your |full |first |last |given |family |confirm |repeat )*(name|e-?mail)|(name|e-?mail).*(again|confirm|repeat)/i.test(careSees.name(node)));
  const kind = (node) => careSees.name(node).toLowerCase().replace(/\b(your|confirm|repeat|again|please|the)\b/g, "").replace(/\W+/g, " ").trim();
  return fields.filter((node) => !/e-?mail/i.test(careSees.name(node)) || fields.some((one) => one !== node && kind(one) === kind(node)))
    .map((node) => [careSees.told(node), fields.some((one) => one !== node && fields.indexOf(one) < fields.indexOf(node) && kind(one) === kind(node))]);
}"""


async def check(page: Looked) -> Finding:
    """Look at one page."""
    found = await page.ask(SCRIPT)
    again = [told for told, same in found if same]
    if page.to_see.signed_in and page.to_see.kind not in ("account", "certificate"):
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
