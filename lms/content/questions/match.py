"""Match: a table of two columns, with a third for reasons; an empty left cell marks a distractor on the right."""

from __future__ import annotations

from dataclasses import dataclass

from lms.content.markdown.blocks import Block
from lms.content.model.question import Body, Question
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
from lms.content.questions.parts import Draft, check_reason, lint_texts

KIND = "match"


@dataclass(frozen=True)
class Pair:
    """A left cell with the right-hand side that belongs to it."""

    id: str
    left: str
    right: str
    reason: str


@dataclass(frozen=True)
class Match(Body):
    """Pairs to find; `extra` holds right-hand sides that belong to none, with ids that follow the pairs'."""

    kind = KIND
    pairs: tuple[Pair, ...]
    extra: tuple[tuple[str, str], ...] = ()


def recognises(first: Block) -> bool:
    """Return whether a question begins with a table of two columns, or of three with the reasons."""
    return first.kind == "table" and bool(first.children) and len(first.children[0].children) in (2, 3)


def parse(draft: Draft, report: Report) -> Match | None:
    """Reads the rows below the table's head."""
    table, rest = draft.blocks[0], draft.blocks[1:]
    for block in rest:
        report.add("TEXT_AFTER_OPTIONS", block.line)
    pairs: list[Pair] = []
    extra: list[str] = []
    for row in table.children[1:]:
        left, right, reason = ([cell.text for cell in row.children] + ["", "", ""])[:3]
        if not says_something(draft.inline(right)):
            report.add(
                "BAD_MARK",
                row.line,
                "This row has no right-hand side.",
                fix="Say what the left cell belongs to.",
            )
        elif says_something(draft.inline(left)):
            check_reason(reason, row.line, report, needed=False)
            pairs.append(Pair(str(len(pairs) + 1), draft.inline(left), draft.inline(right), draft.inline(reason)))
        else:
            extra.append(draft.inline(right))
    if len(pairs) < 2:
        report.add("TOO_FEW_OPTIONS", draft.line, "There are too few pairs to match.")
        return None
    return Match(tuple(pairs), tuple((str(len(pairs) + place), text) for place, text in enumerate(extra, start=1)))


def present(question: Question, seed: int) -> Presented:
    """Shows both sides, each in an order of its own, so that no row gives its partner away."""
    left_names, right_names = _names(question, seed)
    lefts = {pair.id: Item(left_names[pair.id], pair.left) for pair in _body(question).pairs}
    rights = {id: Item(right_names[id], text) for id, text in _rights(question).items()}
    left_ids = list(lefts) if question.fixed else shuffled(question, seed, {id: id for id in lefts}, "left")
    right_ids = shuffled(question, seed, {id: id for id in rights}, "right")
    if [_key(question)[id] for id in left_ids] == right_ids[: len(left_ids)] and len(right_ids) > 1:
        right_ids = [*right_ids[1:], right_ids[0]]
    return shown(
        question, KIND, items=tuple(lefts[id] for id in left_ids), rights=tuple(rights[id] for id in right_ids)
    )


def read(question: Question, fields: Fields, seed: int) -> Answer | None:
    """The right-hand side given to each left one, {"1": "2"}, as far as that goes; None when there is none."""
    names, right_names = _names(question, seed)
    known = {name: id for id, name in right_names.items()}
    answer = {}
    for id, name in names.items():
        sent = fields.getlist(field_name(question, name))
        chosen = next((known[value] for value in sent if value in known), None)
        if chosen is not None:
            answer[id] = chosen
    return answer or None


def chosen(question: Question, answer: Answer | None, seed: int) -> dict[str, str]:
    """The partners given so far, by the tokens that the page knows."""
    lefts, rights = _names(question, seed)
    return {lefts[left]: rights[right] for left, right in _matched(question, answer).items()}


def in_words(question: Question, answer: Answer | None, seed: int) -> list[str]:
    """Return each left side that has a partner, with it, in the order of the page."""
    shown, partners = present(question, seed), chosen(question, answer, seed)
    rights = {item.token: item.text for item in shown.rights}
    return [f"{item.text} → {rights[partners[item.token]]}" for item in shown.items if item.token in partners]


def complete(question: Question, answer: Answer | None) -> str | None:
    """None when every left side has a partner; else what is still missing."""
    missing = len(_body(question).pairs) - len(_matched(question, answer))
    if not missing:
        return None
    if missing == 1:
        return say("One item has no match yet. Choose one for it.")
    return say("%(missing)s items have no match yet. Choose one for each.", missing=number(missing).capitalize())


def grade(question: Question, answer: Answer | None) -> Graded:
    """Right when every left side has its own partner; equal right-hand sides count as one."""
    pairs, key, rights = _body(question).pairs, _key(question), _rights(question)
    matched = _matched(question, answer)
    right_pairs = [pair for pair in pairs if matched.get(pair.id) == key[pair.id]]
    right = len(right_pairs) == len(pairs)
    notes = tuple(
        Note(
            f"{pair.left} → {rights[matched[pair.id]]}", pair in right_pairs, pair.reason if pair in right_pairs else ""
        )
        for pair in pairs
        if pair.id in matched
    )
    better = tuple(Note(f"{pair.left} → {pair.right}", True, pair.reason) for pair in pairs if pair not in right_pairs)
    return Graded(right, notes, better, None if right or not matched else _part(len(right_pairs), len(pairs)))


def _part(right_pairs: int, pairs: int) -> str:
    if not right_pairs:
        return say("These pairs don’t go together.")
    if right_pairs == 1:
        return say("One of the %(pairs)s pairs is right.", pairs=number(pairs))
    return say(
        "%(right)s of the %(pairs)s pairs are right.", right=number(right_pairs).capitalize(), pairs=number(pairs)
    )


def sample(question: Question) -> dict[str, list[Answer]]:
    """The key, answers beside it, and some that no form sends."""
    key = _key(question)
    others = {id: next((other for other in _rights(question) if other != right), right) for id, right in key.items()}
    return {
        "right": [key],
        "not_right": [answer for answer in (others, dict(list(key.items())[:-1])) if answer != key],
        "malformed": [None, {}, "1", ["1"], {"1": 1}, {"1": "99"}, {"99": "1"}, {"1": ["1"]}, {"1": {}}, 5],
    }


def lint(question: Question) -> list[Finding]:
    """What can be seen only once the whole question is read."""
    report = Report(question.path)
    lint_texts(question, [pair.left for pair in _body(question).pairs], report)
    if len(_rights(question)) < 2:
        report.add("TOO_FEW_OPTIONS", question.line, "All rows have the same right-hand side.")
    return report.findings


def _names(question: Question, seed: int) -> tuple[dict[str, str], dict[str, str]]:
    """The tokens of both sides."""
    lefts = tokens(question, seed, [pair.id for pair in _body(question).pairs], "left")
    return lefts, tokens(question, seed, _rights(question), "right")


def _rights(question: Question) -> dict[str, str]:
    """The right-hand sides by id; one that stands twice keeps its first id."""
    body = _body(question)
    found: dict[str, str] = {}
    for id, text in (*((pair.id, pair.right) for pair in body.pairs), *body.extra):
        if text not in found.values():
            found[id] = text
    return found


def _key(question: Question) -> dict[str, str]:
    first = {text: id for id, text in _rights(question).items()}
    return {pair.id: first[pair.right] for pair in _body(question).pairs}


def _matched(question: Question, answer: Answer | None) -> dict[str, str]:
    """What can be used of an answer: known left sides with a known partner."""
    given = answer if isinstance(answer, dict) else {}
    rights = _rights(question)
    sane = {pair.id: given.get(pair.id) for pair in _body(question).pairs}
    return {id: right for id, right in sane.items() if isinstance(right, str) and right in rights}


def _body(question: Question) -> Match:
    assert isinstance(question.body, Match)
    return question.body
