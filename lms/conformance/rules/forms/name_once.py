"""Nobody has to give their name twice."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, of_each
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => {
  const F = pageFunctions;
  const email = /e-?mail|correo|courriel/i, names = /\bnames?\b|\bsurname\b|nombre|apellido|\bnom\b|pr[eé]nom|vorname|nachname/i;
  const others = /user ?name|nick|display|screen name|\b(of|for) (your|the|a|my) |group|team|company|organi[sz]ation|course|programme|file|page|site|school|emergency|contact/i;
  const fields = F.all("input:not([type=hidden], [type=password], [type=checkbox], [type=radio], [type=submit], [type=button], [type=search])").filter((node) => !node.value && (email.test(F.name(node)) || names.test(F.name(node))) && !others.test(F.name(node)));
  const kind = (node) => { const said = F.name(node); return email.test(said) ? "email" : /last|surname|family|apellido|nachname|\bnom de famille/i.test(said) ? "last" : /first|given|pr[eé]nom|vorname/i.test(said) ? "first" : /middle|second/i.test(said) ? "middle" : "name"; };
  const mail = (node) => email.test(F.name(node));
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
