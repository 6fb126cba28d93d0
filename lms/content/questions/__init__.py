"""The question kinds: one module each, all with the verbs of this file."""

from __future__ import annotations

from typing import Any, Protocol

from lms.content.markdown.blocks import Block
from lms.content.model.question import Body, Question
from lms.content.model.report import Finding, Report
from lms.content.questions import match, one_answer, order, several_answers, short_answer
from lms.content.questions.answering import Answer, Fields, Graded, Item, Note, Presented
from lms.content.questions.parts import Draft

__all__ = [
    "KINDS", "Answer", "Fields", "Graded", "Item", "Note", "Presented", "chosen", "complete", "grade", "in_words",
    "kind_of", "lint", "parse", "present", "read", "sample",
]  # fmt: skip


class Kind(Protocol):
    """What the module of a question kind offers."""

    KIND: str

    def recognises(self, first: Block, /) -> bool:
        """Return whether a question whose answer part begins with this block is of this kind."""

    def parse(self, draft: Draft, report: Report, /) -> Body | None:
        """Read the blocks below the heading; None, with findings, when they cannot be asked."""

    def present(self, question: Question, seed: int, /) -> Presented:
        """Return the question as a learner may see it."""

    def read(self, question: Question, fields: Fields, seed: int, /) -> Answer | None:
        """Return the answer in a sent form; None when there is none."""

    def chosen(self, question: Question, answer: Answer | None, seed: int, /) -> Any:
        """Return a saved answer as the page knows it."""

    def in_words(self, question: Question, answer: Answer | None, seed: int, /) -> list[str]:
        """Return what was chosen, as HTML in the question's own words."""

    def complete(self, question: Question, answer: Answer | None, /) -> str | None:
        """Return None, or what is still missing."""

    def grade(self, question: Question, answer: Answer | None, /) -> Graded:
        """Return whether an answer is right, with a note for each choice."""

    def sample(self, question: Question, /) -> dict[str, list[Answer]]:
        """Return answers for the tests."""

    def lint(self, question: Question, /) -> list[Finding]:
        """Return the problems that show once the question is read."""


_MODULES: tuple[Kind, ...] = (one_answer, several_answers, order, match, short_answer)
KINDS: dict[str, Kind] = {module.KIND: module for module in _MODULES}


def kind_of(question: Question) -> str:
    """The name of the question's kind, which is also its template's."""
    return question.body.kind


def parse(draft: Draft, report: Report) -> Body | None:
    """Finds out the kind from what stands below the heading, and reads it; None, with findings, when it cannot."""
    first = draft.blocks[0] if draft.blocks else None
    kind = next((kind for kind in KINDS.values() if kind.recognises(first)), None) if first else None
    if kind is None:
        report.add("UNKNOWN_KIND", draft.line)
        return None
    return kind.parse(draft, report)


def present(question: Question, seed: int) -> Presented:
    """The question as a learner may see it, in the seed's order; the seed is 64 random bits that stay on the server."""
    return KINDS[question.body.kind].present(question, seed)


def read(question: Question, fields: Fields, seed: int) -> Answer | None:
    """The answer in a sent form as plain values, as far as the learner has come; None when there is none."""
    return KINDS[question.body.kind].read(question, fields, seed)


def chosen(question: Question, answer: Answer | None, seed: int) -> Any:
    """A saved answer in the tokens of the page that `present` makes from the same seed."""
    return KINDS[question.body.kind].chosen(question, answer, seed)


def in_words(question: Question, answer: Answer | None, seed: int) -> list[str]:
    """Return what was chosen, as HTML in the question's own words and in the order of its page.

    How an answer is stored would tell the key of an open check, and so would the order in which grading names parts.
    """
    return KINDS[question.body.kind].in_words(question, answer, seed)


def complete(question: Question, answer: Answer | None) -> str | None:
    """None when the answer can be graded as it stands; else a kind sentence that says what is still missing."""
    return KINDS[question.body.kind].complete(question, answer)


def grade(question: Question, answer: Answer | None) -> Graded:
    """Grades by position ids; never raises, and counts an odd answer as not right."""
    return KINDS[question.body.kind].grade(question, answer)


def sample(question: Question) -> dict[str, list[Answer]]:
    """Right, not right and malformed answers for the tests."""
    return KINDS[question.body.kind].sample(question)


def lint(question: Question) -> list[Finding]:
    """What is odd about the question once it is read."""
    return KINDS[question.body.kind].lint(question)
