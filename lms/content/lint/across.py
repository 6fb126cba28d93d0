"""Sentences that lessons repeat word for word, within a course and across courses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lms.content.lint.measures import Measures
from lms.content.model.codes import CODES
from lms.content.model.report import Finding
from lms.content.reader.reading import words

LONG_ENOUGH = 8


def shared_sentences(
    courses: Mapping[str, Measures], *, within: bool = False, meant: Iterable[str] = ()
) -> dict[str, list[Finding]]:
    """Findings by course for each repeated sentence; `within` looks at each course by itself.

    Quotations do not count, nor does what a lesson and its own gentler version have in common, nor a sentence that is
    `meant` to be the same everywhere.
    """
    same_everywhere = {_key(sentence) for sentence in meant}
    first: dict[tuple[str, ...], tuple[str, str, str, int]] = {}
    found: dict[str, list[Finding]] = {name: [] for name in courses}
    severity, _, fix = CODES["SHARED_SENTENCE"]
    for name, measures in courses.items():
        for lesson, path, sentence in measures.sentences:
            if sentence.text.count(" ") < LONG_ENOUGH - 1:
                continue
            key = _key(sentence.text)
            if len(key) < LONG_ENOUGH or key in same_everywhere:
                continue
            if within:
                key = (name, *key)
            other, other_lesson, other_path, line = first.setdefault(key, (name, lesson, path, sentence.line))
            if (other != name) is within or (other, other_lesson) == (name, lesson):
                continue
            where = f"{other_path}:{line}" if within else f"{other}/{other_path}:{line}"
            message = f"“{_shortened(sentence.text)}” is in {where} too."
            found[name].append(
                Finding("SHARED_SENTENCE", severity, path, sentence.line, 1, message, fix, sentence.text[:120])
            )
    return found


def _key(text: str) -> tuple[str, ...]:
    return tuple(words(text.casefold().replace("{{", "").replace("}}", "")))


def _shortened(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"
