"""Several answers: `[ ]` and `[x]`, wholly right or not yet."""

from __future__ import annotations

from dataclasses import dataclass

from lms.content.markdown.blocks import Block
from lms.content.model.question import Body, Option, Question
from lms.content.model.report import Finding, Report
from lms.content.model.wording import number, say
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

KIND = "several_answers"


@dataclass(frozen=True)
class SeveralAnswers(Body):
    """A question that is right when all right options, and no others, are chosen."""

    kind = KIND
    options: tuple[Option, ...]


def recognises(first: Block) -> bool:
    """Return whether a question begins with a bulleted list whose marks are mostly square."""
    return first.kind == "bullets" and mostly_square(first)


def parse(draft: Draft, report: Report) -> SeveralAnswers | None:
    """Reads the options; None when there is nothing to choose or no key."""
    check_marks(draft.blocks[0], True, report)
    options = options_of(entries(draft.blocks, ordered=False, report=report), draft, report)
    if len(options) < 2:
        report.add("TOO_FEW_OPTIONS", draft.line)
    elif not any(option.right for option in options):
        report.add("NONE_RIGHT", draft.line)
    else:
        return SeveralAnswers(options)
    return None


def present(question: Question, seed: int) -> Presented:
    """Shows the options, shuffled unless the question is fixed, and says how many to choose."""
    options = _body(question).options
    names = tokens(question, seed, [option.id for option in options])
    items = {option.id: Item(names[option.id], option.text) for option in options}
    placed = tuple(items.values() if question.fixed else shuffled(question, seed, items))
    return shown(question, KIND, items=placed, choose=len(_key(question)))


def read(question: Question, fields: Fields, seed: int) -> Answer | None:
    """The positions chosen, ["1", "3"], in the order of the source; None when nothing known was sent."""
    known = positions(question, seed, [option.id for option in _body(question).options])
    chosen = {known[sent] for sent in fields.getlist(field_name(question)) if sent in known}
    return sorted(chosen, key=int) or None


def chosen(question: Question, answer: Answer | None, seed: int) -> list[str]:
    """The tokens of the saved answer, as the page knows them."""
    names = tokens(question, seed, [option.id for option in _body(question).options])
    return [names[option.id] for option in _chosen(question, answer)]


def in_words(question: Question, answer: Answer | None, seed: int) -> list[str]:
    """Return the texts of the chosen options, in the order of the page."""
    return picked_texts(present(question, seed), chosen(question, answer, seed))


def complete(question: Question, answer: Answer | None) -> str | None:
    """None when as many are chosen as the question asks for; else what is still missing."""
    asked, chosen = len(_key(question)), len(_chosen(question, answer))
    if chosen == asked:
        return None
    if not chosen:
        return say("You haven’t chosen any yet. This question asks for %(asked)s.", asked=number(asked))
    if chosen < asked:
        if asked - chosen == 1:
            return say("Choose one more answer. This question asks for %(asked)s.", asked=number(asked))
        return say(
            "Choose %(more)s more answers. This question asks for %(asked)s.",
            more=number(asked - chosen),
            asked=number(asked),
        )
    return say(
        "You chose %(chosen)s, but this question asks for %(asked)s. Take back the ones you’re least sure of.",
        asked=number(asked),
        chosen=number(chosen),
    )


def grade(question: Question, answer: Answer | None) -> Graded:
    """Right when all right options and no others are chosen; part-right is told in words."""
    chosen = _chosen(question, answer)
    key = _key(question)
    right = (
        bool(chosen) and {option.id for option in chosen} == {option.id for option in key} and isinstance(answer, list)
    )
    notes = tuple(Note(option.text, option.right, option.reason) for option in chosen)
    better = tuple(Note(option.text, True, option.reason) for option in key if option not in chosen)
    return Graded(right, notes, better, None if right or not chosen else _part(chosen))


def _part(chosen: list[Option]) -> str:
    fit = sum(option.right for option in chosen)
    if len(chosen) == 1:
        return say("The one you chose is right.") if fit else say("The one you chose isn’t quite right here.")
    if not fit:
        return say("None of the %(chosen)s is right here.", chosen=number(len(chosen)))
    if fit == 1:
        return say("One of the %(chosen)s is right.", chosen=number(len(chosen)))
    return say("%(right)s of the %(chosen)s are right.", right=number(fit).capitalize(), chosen=number(len(chosen)))


def sample(question: Question) -> dict[str, list[Answer]]:
    """The key; answers that miss one, add one or choose nothing right; and some that no form sends."""
    options = _body(question).options
    key = [option.id for option in _key(question)]
    others = [option.id for option in options if not option.right]
    not_right = [key[:-1], [*key, *others[:1]], others]
    return {
        "right": [key],
        "not_right": [answer for answer in not_right if answer and answer != key],
        "malformed": [None, [], "1", ["0"], ["99", None], [["1"]], {"1": "1"}, 3],
    }


def lint(question: Question) -> list[Finding]:
    """What can be seen only once the whole question is read."""
    report = Report(question.path)
    lint_texts(question, [option.text for option in _body(question).options], report)
    return report.findings


def _chosen(question: Question, answer: Answer | None) -> list[Option]:
    ids = [id for id in answer if isinstance(id, str)] if isinstance(answer, list) else []
    return [option for option in _body(question).options if option.id in ids]


def _key(question: Question) -> list[Option]:
    return [option for option in _body(question).options if option.right]


def _body(question: Question) -> SeveralAnswers:
    assert isinstance(question.body, SeveralAnswers)
    return question.body
