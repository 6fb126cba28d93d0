"""The page names its language."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => {
  const found = [], common = {
    en: "the and of to is that for you with this are not have was your what when they from will can".split(" "), es: "el la los las que de y en un una por con para su es se no lo como más está pero".split(" "),
    fr: "le la les des et en un une que pour vous est dans pas avec sur ce qui ne nous votre sont".split(" "), de: "der die das und ist nicht ein eine sie mit für auf zu den von wir ihre im sich auch".split(" "),
  };
  const lang = document.documentElement.lang.trim();
  if (!lang) return ["the page has no lang attribute"];
  let valid = false;
  try { valid = /^[a-z]{2,3}(-|$)/i.test(lang) && new Intl.DisplayNames("en", { type: "language", fallback: "none" }).of(lang) !== undefined; } catch { valid = false; }
  if (!valid) return [`“${lang}” names no language`];
  const guess = (text) => {
    const words = text.toLowerCase().match(/\p{L}+/gu) || [];
    if (words.length < 20) return null;
    const rates = Object.entries(common).map(([name, list]) => [words.filter((word) => list.includes(word)).length / words.length, name]).sort((a, b) => b[0] - a[0]);
    return rates[0][0] > 0.15 && rates[0][0] > 1.8 * rates[1][0] ? rates[0][1] : null;
  };
  for (const node of pageFunctions.all("p, li, blockquote, dd, td, h1, h2, h3")) {
    const named = (pageFunctions.near(node, "[lang]")?.lang || lang).split("-")[0].toLowerCase(), seems = guess(node.innerText || "");
    if (seems && seems !== named) found.push(`${pageFunctions.describe(node)} is said to be in “${named}” but reads like “${seems}”`);
  }
  return found;
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(await page.ask(SCRIPT))


RULE = Rule(
    id="language-named",
    title="The page names its language",
    why="A screen reader that doesn’t know the language turns the words into noise",
    anchor="CARE 4.1; WCAG 3.1.1",
    mark="L",
    how="reads lang on the html element, and compares longer paragraphs with it in English, Spanish, French and German",
    check=check,
)
