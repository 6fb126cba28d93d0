"""Course text: what is safe HTML, forms that answer a question, and courses that are checked once for all tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import html5lib
from hypothesis import strategies as st

from lms.content.lint.check import check_with_measures
from lms.content.model.bundle import Bundle, from_folder
from lms.content.model.course import Course, Reading
from lms.content.model.safe import ATTRIBUTES, TAGS
from lms.content.questions import chosen
from lms.content.reader.parts import PartMemory

OURS = {
    "textarea": {"class", "rows", "aria-labelledby", "autocomplete"},
    "button": {"type", "class", "data-print", "hidden"},
}
SHELL = {"html", "head", "body"}


def unsafe(html: str) -> list[str]:
    """Every element, attribute and address that is not on the list, as a browser would read it."""
    found = []
    for element in html5lib.parse(html, namespaceHTMLElements=False).iter():
        if element.tag in SHELL:
            continue
        allowed = OURS.get(element.tag) or ATTRIBUTES["*"] | ATTRIBUTES.get(element.tag, set()) | {"rel"}
        if element.tag not in TAGS | set(OURS):
            found.append(str(element.tag))
        found += [f"{element.tag} {name}" for name in element.attrib if name not in allowed]
        href, src = element.get("href", "#"), element.get("src", "⟦media:")
        if not href.lower().startswith(("http://", "https://", "mailto:", "#", "⟦page:")) or not src.startswith(
            "⟦media:"
        ):
            found.append(f"{href} {src}")
    return found


PIECES = st.sampled_from(
    [
    "<", ">", "<script>", "</p>", "<img src=", "onerror=", '"', "'", "[", "](", ")", "![", "javascript:",
    "media/a b.png", "`", "```\n", "*", "**", "_", "\n", "\n\n", "> ", "> [!NOTE]\n",
    "> **For you, privately** {#a}\n", "- ", "1. ", "    ", "|", "---", "[^WANG24]", "[^1]: ", "{{lead}}",
    "{#x .y}", "&#xe000;", "\ue000", "\ue001", "⟦t:", "⟧", "\\", "# ", "a", "“", "”", "<!--", "-->", "&", ";",
    "\t", "\x02", "\x03", "</section>",
]
)  # fmt: skip
COURSES = Path(__file__).parents[2] / "courses"
_readings: dict[tuple[str, str], Reading] = {}
_parts: dict[str, PartMemory] = {}


def checked(bundle: Bundle, name: str) -> Reading:
    """Return what a check of these files finds, for tests that are about something else.

    A course takes 0.3 s, so the same files are checked once in a run, and of another version what differs.
    """
    key = (bundle.digest, name)
    if key not in _readings:
        _readings[key] = check_with_measures(bundle, name, _parts.setdefault(name, PartMemory())).reading
    return _readings[key]


def course_of(bundle: Bundle, name: str) -> Course:
    """Return the course that these files are."""
    course = checked(bundle, name).course
    assert course is not None
    return course


@cache
def shipped(name: str) -> Reading:
    """Return what a check of one of our own courses finds."""
    return checked(from_folder(COURSES / name), name)


class Form(dict):
    """A sent form, as the web gives it."""

    def getlist(self, name):
        return self.get(name, [])


def filled_in(question, answer, seed) -> Form:
    """The form that a page built from `present` sends when this answer is given on it."""
    marked = chosen(question, answer, seed)
    if isinstance(marked, list):
        return Form({f"q-{question.id}": marked})
    return Form({f"q-{question.id}-{token}": [str(value)] for token, value in marked.items()})
