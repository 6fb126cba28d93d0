"""No consent box is ticked in advance."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, of_each
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => {
  const about = /\b(agree|accept|consent|subscribe|newsletters?|e-?mails? me|send me|contact me|share|sharing|news|offers?|updates?|remind|marketing|partners?|analytics|tracking|notify me|tips|acepto|consiento|suscrib\w*|bolet[ií]n|novedades|compartir|ofertas|enviadme|env[ií]enme|j['’]accepte|consens|abonn\w*|lettre d['’]information|infolettre|partag\w*|partenaires|offres|recevoir|ich stimme|einverstanden|einwillig\w*|zustimm\w*|abonnier\w*|teilen|angebote|neuigkeiten|erhalten|zusenden)\b/i;
  const name = (node) => `${pageFunctions.name(node)} ${pageFunctions.clean(node.innerText || "")} ${(node.type === "radio" ? pageFunctions.clean(node.closest("fieldset")?.querySelector("legend")?.innerText || "") : "") || pageFunctions.clean(node.closest("label")?.innerText || "") || (pageFunctions.name(node) ? "" : pageFunctions.clean(node.parentElement?.innerText || "").slice(0, 120))}`;
  const nodes = pageFunctions.every("input[type=checkbox], input[type=radio], [role=checkbox], [role=switch]").filter((node) => pageFunctions.shown(node) || pageFunctions.labels(node).some(pageFunctions.shown)).filter((node) => about.test(name(node)));
  const refused = /\b(no|don['’]t|do not|never|nein|nicht|non|ne pas)\b/i;
  return [nodes.length, nodes.filter((node) => node.checked || node.getAttribute("aria-checked") === "true").filter((node) => !(node.type === "radio" && refused.test(pageFunctions.name(node)))).map((node) => `${pageFunctions.describe(node)} is ticked beforehand: ${pageFunctions.clean(name(node)).slice(0, 60)}`)];
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return of_each(await page.ask(SCRIPT))


RULE = Rule(
    id="consent-unticked",
    title="No consent box is ticked in advance",
    why="Consent only counts if you give it yourself",
    anchor="CARE 8",
    mark="L",
    how="looks, in four languages, for boxes and switches about agreeing, email or sharing that are on when the page loads",
    check=check,
)
