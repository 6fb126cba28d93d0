"""One answer: `( )` and `(x)`."""

from __future__ import annotations

from dataclasses import dataclass

from lms.content.markdown.blocks import Block
from lms.content.model.question import Body, Option, Question
from lms.content.model.report import Finding, Report
from lms.content.model.wording import say
from lms.content.questions.answering import (
    Answer,
    Fields,
    Graded,
    Item,
    Note,
    Presented,
    field_name,
    picked_texts,
    positions,
    shown,
    shuffled,
    tokens,
)
from lms.content.questions.parts import Draft, check_marks, entries, lint_texts, mostly_square, options_of

KIND = "one_answer"


@dataclass(frozen=True)
class OneAnswer(Body):
    """A question with exactly one right option."""

    kind = KIND
    options: tuple[Option, ...]


def recognises(first: Block) -> bool:
    """Return whether a question begins with a bulleted list whose marks are mostly round."""
    return first.kind == "bullets" and not mostly_square(first)


def parse(draft: Draft, report: Report) -> OneAnswer | None:
    """Reads the options; None when there is nothing to choose or not exactly one key."""
    check_marks(draft.blocks[0], False, report)
    options = options_of(entries(draft.blocks, ordered=False, report=report), draft, report)
    right = sum(option.right for option in options)
    if len(options) < 2:
        report.add("TOO_FEW_OPTIONS", draft.line)
    elif right != 1:
        report.add("TWO_RIGHT" if right else "NONE_RIGHT", draft.line)
    else:
        return OneAnswer(options)
    return None


def present(question: Question, seed: int) -> Presented:
    """Shows the options, shuffled unless the question is fixed."""
    options = _body(question).options
    names = tokens(question, seed, [option.id for option in options])
    items = {option.id: Item(names[option.id], option.text) for option in options}
    return shown(question, KIND, items=tuple(items.values() if question.fixed else shuffled(question, seed, items)))


def read(question: Question, fields: Fields, seed: int) -> Answer | None:
    """The position chosen, "2"; None when nothing known was sent."""
    known = positions(question, seed, [option.id for option in _body(question).options])
    return next((known[sent] for sent in fields.getlist(field_name(question)) if sent in known), None)


def chosen(question: Question, answer: Answer | None, seed: int) -> list[str]:
    """The token of the saved answer, as the page knows it."""
    names = tokens(question, seed, [option.id for option in _body(question).options])
    return [names[answer]] if isinstance(answer, str) and answer in names else []


def in_words(question: Question, answer: Answer | None, seed: int) -> list[str]:
    """Return the text of the chosen option."""
    return picked_texts(present(question, seed), chosen(question, answer, seed))


def complete(question: Question, answer: Answer | None) -> str | None:
    """None when an option is chosen; else what is still missing."""
    if isinstance(answer, str) and any(option.id == answer for option in _body(question).options):
        return None
    return say("Choose one answer. Take your time.")


def grade(question: Question, answer: Answer | None) -> Graded:
    """Right when the chosen position is the key's."""
    options = _body(question).options
    chosen = next((option for option in options if isinstance(answer, str) and option.id == answer), None)
    right = chosen is not None and chosen.right
    notes = (Note(chosen.text, chosen.right, chosen.reason),) if chosen else ()
    better = () if right else tuple(Note(option.text, True, option.reason) for option in options if option.right)
    return Graded(right, notes, better)


def sample(question: Question) -> dict[str, list[Answer]]:
    """Every right and not-right answer, and some that no form sends."""
    options = _body(question).options
    return {
        "right": [option.id for option in options if option.right],
        "not_right": [option.id for option in options if not option.right],
        "malformed": [None, "", "0", "99", 1, ["1"], {"1": 1}, True],
    }


def lint(question: Question) -> list[Finding]:
    """What can be seen only once the whole question is read."""
    report = Report(question.path)
    lint_texts(question, [option.text for option in _body(question).options], report)
    return report.findings


def _body(question: Question) -> OneAnswer:
    assert isinstance(question.body, OneAnswer)
    return question.body
