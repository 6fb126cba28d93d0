"""Number: a table of one column, with the number in its head and the reason below; people write the number."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import escape

from lms.content.markdown.blocks import Block
from lms.content.model.question import Body, Question
from lms.content.model.report import Finding, Report
from lms.content.questions.answering import Answer, Fields, Graded, Note, Presented, field_name, shown
from lms.content.questions.parts import Draft, check_reason

KIND = "number"


@dataclass(frozen=True)
class Number(Body):
    """A question that is right when one whole number is written."""

    kind = KIND

    right: int
    reason: str


def recognises(first: Block) -> bool:
    """Return whether a question begins with a table of one column."""
    return first.kind == "table" and bool(first.children) and len(first.children[0].children) == 1


def parse(draft: Draft, report: Report) -> Number | None:
    """Read the number in the head of the table, and the reason in the row below."""
    head, *rows = [row.children[0].text for row in draft.blocks[0].children]
    if not head.isdecimal():
        report.add("NONE_RIGHT", draft.line, "The head of the table isn’t a whole number.")
        return None
    check_reason(" ".join(rows), draft.line, report, needed=True)
    return Number(int(head), draft.inline(" ".join(rows)))


def present(question: Question, seed: int) -> Presented:
    """Show the stem alone."""
    return shown(question, KIND)


def read(question: Question, fields: Fields, seed: int) -> Answer | None:
    """Return the number that was written; None when it isn't one."""
    sent = [text for text in fields.getlist(field_name(question)) if text.isdecimal() and len(text) < 7]
    return int(sent[0]) if sent else None


def chosen(question: Question, answer: Answer | None, seed: int) -> list[str]:
    """Return what stands in the field."""
    return [str(answer)] if type(answer) is int else []


def in_words(question: Question, answer: Answer | None, seed: int) -> list[str]:
    """Return the number."""
    return chosen(question, answer, seed)


def complete(question: Question, answer: Answer | None) -> str | None:
    """Return None for a number; else a sentence that asks for one."""
    return None if type(answer) is int else "Write a whole number."


def grade(question: Question, answer: Answer | None) -> Graded:
    """Return right for the one number."""
    body = _body(question)
    right = type(answer) is int and answer == body.right
    notes = (Note(str(escape(answer)), right, body.reason if right else ""),) if type(answer) is int else ()
    return Graded(right, notes, () if right else (Note(str(body.right), True, body.reason),))


def sample(question: Question) -> dict[str, list[Answer]]:
    """Return the number, another one, and answers that no form sends."""
    right = _body(question).right
    return {"right": [right], "not_right": [right + 1], "malformed": [None, "3", [right], {"1": right}, True, 1.5]}


def lint(question: Question) -> list[Finding]:
    """Report a number that nobody has to know."""
    report = Report(question.path)
    if _body(question).right == 0:
        report.add("TOO_FEW_OPTIONS", question.line, "Nobody needs to count to nought.")
    return report.findings


def _body(question: Question) -> Number:
    assert isinstance(question.body, Number)
    return question.body
