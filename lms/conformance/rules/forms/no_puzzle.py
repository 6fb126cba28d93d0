"""No puzzle (CAPTCHA) to get in."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => {
  const made = "iframe[src*=captcha i], [class*=captcha i], [id*=captcha i], img[alt*=captcha i], img[src*=captcha i], [name*=captcha i], iframe[src*='challenges.cloudflare'], .cf-turnstile, .g-recaptcha, .h-captcha, .frc-captcha, [class*=arkose i], [id*=funcaptcha i], [class*=geetest i], iframe[title*=captcha i], script[src*='recaptcha'], script[src*='hcaptcha'], script[src*='turnstile']";
  const asks = /captcha|i['’]?m not a robot|i am not a robot|(are you|that you['’]?re|prove you['’]?re|you are) (a )?human|select all (the )?(images|pictures|squares)|(type|enter|copy) the (characters|letters|text|numbers|code) (you see|shown|in the (image|picture)|below|above)|what is \S+ (\+|plus|minus|times|×) \S+|\d+\s*[+×x*−–-]\s*\d+\s*(=|\?)|slide to (verify|unlock)|no soy un robot|escrib\w+ (los caracteres|las letras)|cu[aá]nto es|je ne suis pas un robot|recopiez|saisissez les (caract[eè]res|lettres)|combien font|kein roboter|geben sie die (zeichen|buchstaben)|wie ?viel (ist|ergibt)/i;
  const fields = pageFunctions.all("label, legend, iframe[title], [role=checkbox], button, p, span, div, input[placeholder], h2, h3").filter((node) => pageFunctions.own(node) || node.matches("[title], [placeholder], [aria-label]")).filter((node) => node.closest("form, fieldset, dialog, [role=dialog]") || pageFunctions.all("form").length).filter((node) => asks.test(`${pageFunctions.own(node)} ${node.title || ""} ${node.placeholder || ""} ${node.getAttribute("aria-label") || ""}`) && !pageFunctions.near(node, "blockquote, q, code, pre, article p"));
  return [...new Set([...pageFunctions.every(made).filter((node) => node.tagName === "SCRIPT" || pageFunctions.shown(node) || node.tagName === "IFRAME"), ...fields])].map(pageFunctions.describe);
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(await page.ask(SCRIPT))


RULE = Rule(
    id="no-puzzle",
    title="No puzzle (CAPTCHA) to get in",
    why="Picture puzzles shut people out and tell a third party that they were here",
    anchor="CARE 8; WCAG 3.3.8",
    mark="L",
    how="looks for the usual CAPTCHAs, and for forms that ask, in four languages, for what’s in a picture, a sum or a proof of being human",
    check=check,
)
