"""The headings of a lesson that feedback can be about, and the line of each in the lesson's file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape

from lms.content.model.course import Lesson

_HEADING = re.compile(r"<h[2-6][^>]*>(.*?)</h[2-6]>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_WRITTEN = re.compile(r"[ \t]{0,3}#{2,6}[ \t]+(.*)")
_BRACES = re.compile(r"\s*\{[^{}]*\}\s*$")
_NOT_A_WORD = re.compile(r"[\W_]+")
WHOLE_LESSON = 1


def headings_of(lesson: Lesson) -> list[str]:
    """The words of a lesson's headings, in either version, each once; those of callouts are not its own."""
    found = (_HEADING.findall(html) for html in (lesson.html, lesson.gentle_html or ""))
    words = (" ".join(unescape(_TAG.sub("", heading)).split()) for headings in found for heading in headings)
    return list(dict.fromkeys(text for text in words if text and "⟦" not in text))


def lines_of(text: str, headings: Iterable[str]) -> dict[str, int]:
    """The line of each heading in a lesson's Markdown, counted from 1; of one that is no longer there, the first."""
    written = {
        _plain(_BRACES.sub("", found[1])): number
        for number, line in reversed(list(enumerate(text.splitlines(), start=1)))
        if (found := _WRITTEN.match(line))
    }
    return {heading: written.get(_plain(heading), WHOLE_LESSON) for heading in headings}


def _plain(words: str) -> str:
    """The letters of a heading alone, so that the marks of Markdown don't matter."""
    return _NOT_A_WORD.sub(" ", words).strip().casefold()
