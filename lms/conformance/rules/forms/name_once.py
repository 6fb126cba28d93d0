"""Nobody has to give their name twice."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, of_each
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => {
  const F = pageFunctions;
  const word = "(name|surname|e-?mail|email address|e-?mail address|nombre|apellidos?|correo( electr[oó]nico)?|nom|pr[eé]nom|courriel|adresse e-?mail|vorname|nachname|e-?mail-adresse)";
  const fields = F.all("input:not([type=hidden], [type=password], [type=checkbox], [type=radio], [type=submit], [type=button], [type=search])").filter((node) => !node.value && (new RegExp(`^((your|full|first|last|given|family|confirm|repeat|re-?enter|retype|please|display|tu|su|votre|ton|ihr|ihre|dein|deine|confirme|confirmez|repita|r[eé]p[eé]tez|wiederholen|vollst[aä]ndiger) )*${word}\\b`, "i").test(F.name(node).replace(/\s*\*$/, "")) || new RegExp(`${word}.*(again|confirm|repeat|otra vez|nuevamente|encore|de nouveau|wiederholen|best[aä]tigen|erneut)|(confirm|repeat|re-?enter|retype).*${word}`, "i").test(F.name(node))));
  const kind = (node) => F.name(node).toLowerCase().replace(/\b(your|confirm|repeat|re-?enter|retype|again|please|the|address|once more|tu|su|votre|ihre?|deine?|confirmez?|confirme|repita|de nouveau|encore|erneut|wiederholen|best[aä]tigen|otra vez|full)\b/g, "").replace(/e-?mail-?adresse|e-?mail/g, "email").replace(/[^\p{L}]+/gu, " ").trim();
  const mail = (node) => /e-?mail|correo|courriel/i.test(F.name(node));
  const twice = (node) => fields.some((one) => one !== node && fields.indexOf(one) < fields.indexOf(node) && kind(one) === kind(node));
  return fields.filter((node) => !mail(node) || fields.some((one) => one !== node && kind(one) === kind(node))).map((node) => [F.describe(node), twice(node)]);
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    found = await page.ask(SCRIPT)
    again = [told for told, same in found if same]
    if page.spec.signed_in and page.spec.kind not in ("account", "certificate"):
        again += [told for told, _same in found]
    return of_each((len(found), [f"{told} asks for a name again" for told in again]))


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
