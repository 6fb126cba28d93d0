"""Hard content has a content note before it."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, there_is
from lms.conformance.inspected_page import InspectedPage

SCRIPT = r"""([selector, prose]) => {
  const speaks = /content (note|notice|warning)|(this|the) (lesson|page|unit|part|module) (talks|speaks|is|tells|touches|mentions|describes|contains)|before you (read|start|begin)|it mentions/i;
  const said = (note) => pageFunctions.clean(note.innerText).length > 10;
  const notes = (selector ? pageFunctions.all(selector) : pageFunctions.all("p, aside, section, div, summary").filter((node) => node.innerText.length < 900 && speaks.test(node.innerText))).filter(said);
  const within = document.querySelector(prose || "main, article, [role=main]") || document.body;
  const first = pageFunctions.all("p", within).find((node) => node.innerText.length > 120 && !notes.some((note) => note.contains(node)));
  return notes.some((note) => !first || (note.compareDocumentPosition(first) & Node.DOCUMENT_POSITION_FOLLOWING && pageFunctions.box(note).top < pageFunctions.box(first).bottom - 1 && pageFunctions.box(note).top <= pageFunctions.box(first).top + 1));
}"""


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    missing = "there’s no content note before the lesson’s text"
    return there_is(await page.ask(SCRIPT, [page.recipe.note, page.recipe.prose]), missing)


RULE = Rule(
    id="note-before-content",
    title="Hard content has a content note before it",
    why="People who know what’s coming can choose when to read it; a note gives a choice, not protection",
    anchor="CARE S1; Bridgland 2023",
    mark="S",
    how="on a heavy lesson, looks for a note (the recipe can say where) that comes before the first long paragraph",
    check=check,
    kinds=frozenset({"heavy lesson"}),
    looks_inside=False,
)
