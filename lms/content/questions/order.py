"""Put in order: a numbered list, written in its right order."""

from __future__ import annotations

from dataclasses import dataclass

from lms.content.markdown.blocks import Block
from lms.content.model.question import Body, Option, Question
from lms.content.model.report import Finding, Report
from lms.content.model.safe import says_something
from lms.content.model.wording import number, say
from lms.content.questions.answering import (
    Answer,
    Fields,
    Graded,
    Item,
    Note,
    Presented,
    field_name,
    shown,
    shuffled,
    tokens,
)
from lms.content.questions.parts import Draft, entries, lint_texts, reason_of

KIND = "order"


@dataclass(frozen=True)
class Order(Body):
    """Steps in their right order."""

    kind = KIND
    steps: tuple[Option, ...]


def recognises(first: Block) -> bool:
    """Return whether a question begins with a numbered list."""
    return first.kind == "numbers"


def parse(draft: Draft, report: Report) -> Order | None:
    """Reads the steps; a step may do without a reason."""
    found = entries(draft.blocks, ordered=True, report=report)
    steps = tuple(
        Option(str(place), draft.inline(entry.text), reason_of(entry, draft, report, needed=False), True)
        for place, entry in enumerate(found, start=1)
    )
    for step, entry in zip(steps, found, strict=True):
        if not says_something(step.text):
            report.add("BAD_MARK", entry.block.line, "This step has no text.", fix="Write the step after its number.")
    if len(steps) < 2:
        report.add("TOO_FEW_OPTIONS", draft.line, "There are too few steps to put in order.")
        return None
    return Order(steps)


def present(question: Question, seed: int) -> Presented:
    """Shows the steps shuffled; with more than two, never in their right order."""
    steps = _body(question).steps
    names = _names(question, seed)
    items = {step.id: Item(names[step.id], step.text) for step in steps}
    placed = shuffled(question, seed, items)
    if len(placed) > 2 and placed == list(items.values()):
        placed = [*placed[1:], placed[0]]
    return shown(question, KIND, items=tuple(placed))


def read(question: Question, fields: Fields, seed: int) -> Answer | None:
    """The place given to each step, {"1": 2}, as far as the learner has come; None when no place was given."""
    names = _names(question, seed)
    answer = {}
    for id, name in names.items():
        place = _place(fields.getlist(field_name(question, name)), len(names))
        if place is not None:
            answer[id] = place
    return answer or None


def _place(sent: object, most: int) -> int | None:
    for value in sent if isinstance(sent, (list, tuple)) else ():
        if (
            isinstance(value, str)
            and value.isascii()
            and value.isdigit()
            and len(value) < 4
            and 1 <= int(value) <= most
        ):
            return int(value)
    return None


def chosen(question: Question, answer: Answer | None, seed: int) -> dict[str, int]:
    """The places given so far, by the tokens that the page knows."""
    names = _names(question, seed)
    return {names[id]: place for id, place in _places(question, answer).items()}


def in_words(question: Question, answer: Answer | None, seed: int) -> list[str]:
    """Return each step that has a place, with its place, in the order that was chosen."""
    places = chosen(question, answer, seed)
    placed = [item for item in present(question, seed).items if item.token in places]
    return [f"{places[item.token]}. {item.text}" for item in sorted(placed, key=lambda item: places[item.token])]


def complete(question: Question, answer: Answer | None) -> str | None:
    """None when every step has a place of its own; else what is still missing."""
    steps = _body(question).steps
    places = _places(question, answer)
    if len(places) < len(steps):
        missing = len(steps) - len(places)
        if missing == 1:
            return say("Choose a place for the last step too.")
        return say("Choose a place for every step. %(missing)s have none yet.", missing=number(missing).capitalize())
    if len(set(places.values())) < len(steps):
        return say("Two steps have the same place. Choose a different one for each.")
    return None


def grade(question: Question, answer: Answer | None) -> Graded:
    """Right when every step stands in its own place."""
    steps = _body(question).steps
    places = _places(question, answer)
    in_place = [step for step in steps if places.get(step.id) == int(step.id)]
    right = len(in_place) == len(steps)
    placed = sorted((step for step in steps if step.id in places), key=lambda step: (places[step.id], int(step.id)))
    notes = tuple(_note(step, places[step.id], step in in_place) for step in placed)
    better = (
        ()
        if right
        else tuple(Note(f"{step.id}. {step.text}", True, step.reason) for step in steps if step not in in_place)
    )
    return Graded(right, notes, better, None if right or not placed else _part(len(in_place), len(steps)))


def _note(step: Option, place: int, right: bool) -> Note:
    return Note(f"{place}. {step.text}", right, step.reason if right else "")


def _part(in_place: int, steps: int) -> str:
    if not in_place:
        return say("The steps go in a different order.")
    if in_place == 1:
        return say("One of the %(steps)s steps is in the right place.", steps=number(steps))
    return say(
        "%(right)s of the %(steps)s steps are in the right place.",
        right=number(in_place).capitalize(),
        steps=number(steps),
    )


def sample(question: Question) -> dict[str, list[Answer]]:
    """The right order, orders that are not, and answers that no form sends."""
    ids = [step.id for step in _body(question).steps]
    right = {id: place for place, id in enumerate(ids, start=1)}
    turned = {id: place for place, id in enumerate(reversed(ids), start=1)}
    return {
        "right": [right],
        "not_right": [turned, dict.fromkeys(ids, 1), dict(list(right.items())[:-1])],
        "malformed": [None, {}, [], "1", {"1": "1"}, {"99": 1}, {"1": None}, {"1": [1]}, ids, 7],
    }


def lint(question: Question) -> list[Finding]:
    """What can be seen only once the whole question is read."""
    report = Report(question.path)
    lint_texts(question, [step.text for step in _body(question).steps], report)
    if question.fixed:
        report.add("FIXED_ORDER", question.line)
    return report.findings


def _names(question: Question, seed: int) -> dict[str, str]:
    return tokens(question, seed, [step.id for step in _body(question).steps])


def _places(question: Question, answer: Answer | None) -> dict[str, int]:
    """What can be used of an answer: known steps with a place that exists."""
    steps = _body(question).steps
    given = answer if isinstance(answer, dict) else {}
    sane = {step.id: given.get(step.id) for step in steps}
    return {id: place for id, place in sane.items() if type(place) is int and 1 <= place <= len(steps)}


def _body(question: Question) -> Order:
    assert isinstance(question.body, Order)
    return question.body
