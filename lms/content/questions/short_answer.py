"""Short answer: written freely, compared with a model by the learner alone, never sent and never drawn."""

from __future__ import annotations

from dataclasses import dataclass

from lms.content.markdown.blocks import Block
from lms.content.model.question import Body, Question
from lms.content.model.report import Finding, Report
from lms.content.model.safe import says_something
from lms.content.questions.answering import Answer, Fields, Graded, Note, Presented, shown
from lms.content.questions.parts import Draft, texts_of

KIND = "short_answer"
HEADS = {"model answer": "model", "look for": "look_for", "not enough": "not_enough"}


@dataclass(frozen=True)
class ShortAnswer(Body):
    """A question that the learner compares with a model; it is never drawn for the check."""

    kind = KIND
    drawable = False
    model: str
    look_for: tuple[str, ...]
    not_enough: tuple[str, ...]


def recognises(first: Block) -> bool:
    """Return whether a question begins with a small heading."""
    return first.kind == "heading"


def parse(draft: Draft, report: Report) -> ShortAnswer | None:
    """Reads what stands under the three small headings; the last may be left out."""
    parts: dict[str, list[str]] = {"model": [], "look_for": [], "not_enough": []}
    current = ""
    for block in draft.blocks:
        if block.kind == "heading":
            current = HEADS.get(" ".join(block.text.split()).casefold(), "")
            if not current:
                report.add(
                    "UNKNOWN_KIND",
                    block.line,
                    "A short answer can have the headings Model answer, Look for and Not enough.",
                )
        elif current:
            texts = [draft.inline(text) for text in texts_of([block], report)]
            parts[current] += [text for text in texts if says_something(text)]
    if not parts["model"] or not parts["look_for"]:
        report.add("UNKNOWN_KIND", draft.line, "A short answer needs a model answer and what to look for.")
        return None
    return ShortAnswer("<br>".join(parts["model"]), tuple(parts["look_for"]), tuple(parts["not_enough"]))


def present(question: Question, seed: int) -> Presented:
    """Shows the stem alone."""
    return shown(question, KIND)


def read(question: Question, fields: Fields, seed: int) -> Answer | None:
    """Nothing: what is written stays with its writer."""
    return None


def chosen(question: Question, answer: Answer | None, seed: int) -> None:
    """Nothing is kept, so nothing is chosen."""


def in_words(question: Question, answer: Answer | None, seed: int) -> list[str]:
    """Return nothing, as nothing is stored."""
    return []


def complete(question: Question, answer: Answer | None) -> str | None:
    """Nothing is ever missing."""
    return None


def grade(question: Question, answer: Answer | None) -> Graded:
    """Never counts; gives the model and what to look for."""
    body = _body(question)
    better = (Note(body.model, True, ""), *(Note(text, True, "") for text in body.look_for))
    return Graded(False, tuple(Note(text, False, "") for text in body.not_enough), better)


def sample(question: Question) -> dict[str, list[Answer]]:
    """No answer is right or not; none of these may trouble it."""
    return {"right": [], "not_right": [], "malformed": [None, "", "words", ["1"], {"1": 1}, 4]}


def lint(question: Question) -> list[Finding]:
    """Nothing more to look for."""
    return []


def _body(question: Question) -> ShortAnswer:
    assert isinstance(question.body, ShortAnswer)
    return question.body
