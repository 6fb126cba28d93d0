"""Text contrasts with its background."""

from __future__ import annotations

from lms.conformance.findings import Finding, Rule, Verdict, none_of
from lms.conformance.inspected_page import InspectedPage
from lms.conformance.seeing.text_contrast import faint_texts


async def check(page: InspectedPage) -> Finding:
    """Check one page."""
    found, ended = await faint_texts(page)
    if not found and not ended:
        return Finding(Verdict.NOT_CHECKED, ("the page is too long to be looked at to its end",))
    return none_of(found)


RULE = Rule(
    id="contrast",
    title="Text contrasts with its background",
    why="Grey text on grey is hard to read for tired, ill or older eyes and on cheap screens",
    anchor="CARE 4.1; WCAG 1.4.3",
    mark="L",
    how="compares pictures of the page with and without its text, so that opacity, gradients, shadows, filters, placeholders and pictures behind text count as they look: 4.5 to 1, or 3 to 1 for large text; text within pictures isn’t judged",
    check=check,
)
