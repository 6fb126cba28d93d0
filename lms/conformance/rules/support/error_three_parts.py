"""A “not found” page says what happened, that nothing is lost, and what to do next."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, none_of
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""() => {
  const main = document.querySelector("main, [role=main], article") || document.body, found = [];
  const heading = (main.querySelector("h1") || document.querySelector("h1"))?.innerText.trim() || "";
  if (!/[a-z]{3,}.*\s/i.test(heading) || /^(error\s*)?[45]\d\d\b/i.test(heading)) found.push(heading ? `the heading says “${heading}”` : "there is no heading that says what happened");
  const sentences = pageFunctions.all("p, li", main).map((node) => node.innerText).join(" ").match(/[^.!?]{12,}[.!?]/g)?.filter((one) => one.trim().split(/\s+/).length > 3) || [];
  if (sentences.length < 2) found.push("it does not say what this means for the reader");
  if (!pageFunctions.all("a[href], form button", main).filter((node) => !/^\s*(#|javascript:.*)?\s*$/i.test(node.getAttribute("href") ?? "/")).length) found.push("no link in it goes on");
  return found;
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    return none_of(await page.ask(SCRIPT))


RULE = Rule(
    id="error-three-parts",
    title="A “not found” page says what happened, that nothing is lost, and what to do next",
    why="An error number alone makes people think that they broke something",
    anchor="CARE T4; NHS 15",
    mark="P",
    how=(
        "reads the page: it needs a heading in words, two sentences and a link to continue, and can’t start "
        "with a number"
    ),
    check=check,
    kinds=frozenset({"not-found"}),
    looks_inside=False,
)
