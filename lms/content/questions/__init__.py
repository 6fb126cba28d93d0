"""The question kinds: one module each, all with the verbs of this file."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from lms.content.markdown.blocks import Block
from lms.content.model.course import Body, Finding, Match, OneAnswer, Order, Question, SeveralAnswers, ShortAnswer
from lms.content.model.report import Report
from lms.content.questions import match, one_answer, order, several_answers, short_answer
from lms.content.questions.answering import Answer, Fields, Graded, Item, Note, Presented
from lms.content.questions.parts import MARK, Draft

__all__ = [
    "KINDS", "Answer", "Fields", "Graded", "Item", "Note", "Presented", "chosen", "complete", "grade", "kind_of",
    "lint", "parse", "present", "read", "sample",
]  # fmt: skip

KINDS: dict[str, ModuleType] = {
    "one_answer": one_answer,
    "several_answers": several_answers,
    "order": order,
    "match": match,
    "short_answer": short_answer,
}
_BODIES: dict[type, str] = {
    OneAnswer: "one_answer",
    SeveralAnswers: "several_answers",
    Order: "order",
    Match: "match",
    ShortAnswer: "short_answer",
}


def kind_of(question: Question) -> str:
    """The name of the question's kind, which is also its template's."""
    return _BODIES[type(question.body)]


def parse(draft: Draft, report: Report) -> Body | None:
    """Finds out the kind from what stands below the heading, and reads it; None, with findings, when it cannot."""
    kind = _kind_in(draft.blocks, report)
    if kind is None:
        report.add("UNKNOWN_KIND", draft.line)
        return None
    body: Body | None = KINDS[kind].parse(draft, report)
    return body


def _kind_in(blocks: list[Block], report: Report) -> str | None:
    first = blocks[0] if blocks else None
    if first is None:
        return None
    if first.kind == "heading":
        return "short_answer"
    if first.kind == "numbers":
        return "order"
    if first.kind == "table":
        return "match" if match.is_match_table(first) else None
    return _kind_of_marks(first, report) if first.kind == "bullets" else None


def _kind_of_marks(bullets: Block, report: Report) -> str:
    """One or several answers, by most of the marks; each item without that mark is named."""
    marks = [(item, MARK.match(item.children[0].text) if item.children else None) for item in bullets.children]
    square = sum(1 for _, mark in marks if mark and mark.group(1) == "[")
    several = square * 2 > sum(1 for _, mark in marks if mark)
    for item, mark in marks:
        if mark is None or (mark.group(1) == "[") is not several or not mark.group(2):
            report.add("BAD_MARK", item.line)
    return "several_answers" if several else "one_answer"


def present(question: Question, seed: int) -> Presented:
    """The question as a learner may see it, in the seed's order; the seed is 64 random bits that stay on the server."""
    shown: Presented = KINDS[kind_of(question)].present(question, seed)
    return shown


def read(question: Question, fields: Fields, seed: int) -> Answer | None:
    """The answer in a sent form as plain values, as far as the learner has come; None when there is none."""
    return KINDS[kind_of(question)].read(question, fields, seed)


def chosen(question: Question, answer: Answer | None, seed: int) -> Any:
    """A saved answer in the tokens of the page that `present` makes from the same seed."""
    return KINDS[kind_of(question)].chosen(question, answer, seed)


def complete(question: Question, answer: Answer | None) -> str | None:
    """None when the answer can be graded as it stands; else a kind sentence that says what is still missing."""
    missing: str | None = KINDS[kind_of(question)].complete(question, answer)
    return missing


def grade(question: Question, answer: Answer | None) -> Graded:
    """Grades by position ids; never raises, and counts an odd answer as not right."""
    graded: Graded = KINDS[kind_of(question)].grade(question, answer)
    return graded


def sample(question: Question) -> dict[str, list[Answer]]:
    """Right, not right and malformed answers for the tests."""
    answers: dict[str, list[Answer]] = KINDS[kind_of(question)].sample(question)
    return answers


def lint(question: Question) -> list[Finding]:
    """What is odd about the question once it is read."""
    findings: list[Finding] = KINDS[kind_of(question)].lint(question)
    return findings
