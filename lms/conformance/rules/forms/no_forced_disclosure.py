"""Nobody has to give a gender, title, birth date or history."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => {
  const F = pageFunctions;
  const asks = /\b(gender|sex|pronouns?|salutation|mr|mrs|marital|religion|religious|ethnic\w*|race|nationality|birth\w*|date of birth|dob|your age|age|sexual\w*|orientation|trauma\w*|abuse\w*|diagnos\w*|what (has )?happened to you|your (story|past)|medical|qu[eé] (te|le) (pas[oó]|ha pasado)|vous est[- ]il arriv[eé]|(dir|ihnen) (passiert|widerfahren|zugesto(ß|ss)en)|medication|history|disabilit\w*|mental health|therapy|g[eé]nero|sexo|tratamiento|estado civil|religi[oó]n|etnia|raza|nacionalidad|fecha de nacimiento|edad|orientaci[oó]n|discapacidad|diagn[oó]stico|genre|sexe|civilit[eé]|situation (familiale|matrimoniale)|ethnie|nationalit[eé]|date de naissance|[aâ]ge|handicap|ant[eé]c[eé]dents|geschlecht|anrede|familienstand|ethnie|herkunft|staatsangeh\w*|geburt\w*|alter|behinderung|diagnose\w*|vorgeschichte|krank\w*)\b|^\s*(your )?title\b|\b(your|preferred|personal|academic|professional|honorific|courtesy|formal) title\s*\*?\s*$|^\s*titre\b|^\s*t[ií]tulo\b|^\s*titel\b/i;
  // What a thing is called isn't what a person is called.
  const not = /\b(course|lesson|job|page|book|module|message|event|search) (title|history)|language\b.*\btitle|\btitle (of|for) (?!(address|courtesy)\b)|\btitre (du |des |de |d['’])(?!(civilit|politesse))|\bt[ií]tulo (del?|para) (?!(tratamiento|cortes[ií]a)\b)|\btitel (des|der|deine[sr]|ihre[sr]|eure[sr]|vo[nm]|f[üu]r) (?!person\b)/i;
  const fields = F.every("input:not([type=hidden], [type=submit], [type=button]), select, textarea, [role=textbox], [role=combobox], [role=radiogroup]").filter((node) => F.shown(node) || F.labels(node).some(F.shown));
  const words = (node) => `${F.labels(node).map((one) => one.innerText).join(" ")} ${F.name(node)} ${node.closest("fieldset")?.querySelector("legend")?.innerText || ""}`;
  const forced = (node) => node.required || node.getAttribute("aria-required") === "true" || F.near(node, "[role=radiogroup][aria-required=true]") || /\*|\((required|obligatorio|obligatoire|pflichtfeld)\)|\brequired\b/i.test(words(node));
  const free = (node) => node.tagName === "SELECT" && [...node.options].some((one) => /rather not|prefer not|not say|keine angabe|prefiero no|ne souhaite pas|ne pas r[eé]pondre/i.test(one.text)) || node.type === "radio" && [...node.getRootNode().querySelectorAll("input[type=radio]")].some((one) => one.name === node.name && /rather not|prefer not|not say|keine angabe|prefiero no|ne souhaite pas/i.test(F.name(one)));
  return fields.filter((node) => forced(node) && !free(node)).filter((node) => { const said = `${node.name.replace(/[_-]/g, " ")}\n${words(node)}`; return said.split("\n").some((line) => asks.test(line)) && !not.test(said) || ["bday", "sex", "honorific-prefix"].includes(node.autocomplete); }).map((node) => `${F.describe(node)} has to be filled in`);
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
    how="looks, in four languages, for required fields that ask for any of these without a way not to say",
    check=check,
)
