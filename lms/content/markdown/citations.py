"""Citations: `[^ID]` becomes a numbered link to the note of its source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor

from lms.content.model.course import Source
from lms.content.model.wording import fixed

CITATION = re.compile(r"\[\^([A-Za-z0-9][A-Za-z0-9-]*)\]")


class Citations(InlineProcessor):
    """Turns [^ID] into a numbered link to the note of that source, and [^unchecked] into its plain words."""

    def __init__(self, md: Markdown, sources: Mapping[str, Source]) -> None:
        super().__init__(CITATION.pattern, md)
        self.sources = sources
        self.cited: dict[str, int] = {}

    def handleMatch(  # type: ignore[override]  # noqa: N802 - both are the library's
        self, m: re.Match[str], data: str
    ) -> tuple[Any, Any, Any]:
        """The element for one citation; nothing for what may be a footnote of the page's own."""
        id = m.group(1)
        if id == "unchecked":
            span = ElementTree.Element("span", {"class": "unchecked"})
            span.text = f" ({fixed('not yet checked')})"
            return span, m.start(0), m.end(0)
        if id not in self.sources:
            return None, None, None
        self.cited[id] = self.cited.get(id, 0) + 1
        sup = ElementTree.Element("sup", {"class": "ref", "id": f"r-{id}-{self.cited[id]}"})
        link = ElementTree.SubElement(sup, "a", {"href": f"#n-{id}", "class": "ref"})
        link.text = str(list(self.cited).index(id) + 1)
        return sup, m.start(0), m.end(0)


def part_references(root: ElementTree.Element) -> None:
    """Puts a comma between citations that follow one another, so that 5 and 6 do not read as 56.

    They may stand in different elements, as where one is the end of words in italics.
    """
    waiting: ElementTree.Element | None = None
    for event, element in _walk(root):
        if event == "start" and element.tag == "sup" and len(element):
            if waiting is not None:
                waiting[-1].tail, waiting.tail = ",", "\u202f"
            waiting = None
        elif event == "end" and element.tag == "sup" and len(element):
            waiting = None if (element.tail or "").strip() else element
        elif (
            element.tag not in ("em", "strong", "del", "a")
            or ((element.text if event == "start" else element.tail) or "").strip()
        ):
            waiting = None


def _walk(element: ElementTree.Element) -> Iterator[tuple[str, ElementTree.Element]]:
    """Every element twice, as it begins and as it ends; of a reference only the whole."""
    yield "start", element
    if element.tag != "sup":
        for child in element:
            yield from _walk(child)
    yield "end", element
