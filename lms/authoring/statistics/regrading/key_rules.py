"""Marking answers to an earlier text of a question by the key of another version, which has to offer the same."""

from __future__ import annotations

from typing import Any

from lms.authoring.statistics.item_rules import text_sha
from lms.content.model.question import Question
from lms.content.questions import grade
from lms.content.questions.match import Match
from lms.content.questions.one_answer import OneAnswer
from lms.content.questions.order import Order
from lms.content.questions.several_answers import SeveralAnswers


def can_read_by(old: Question, new: Question) -> bool:
    """Decide whether answers to an earlier text can be marked by the key of another: it offers the same options.

    And only where that changes something: the key is another one. Of two options that read the same, nobody could tell
    which was meant.
    """
    if old.body.kind != new.body.kind or text_sha(old) == text_sha(new):
        return False
    offered = [sorted(_things(question).values()) for question in (old, new)]
    partners = [sorted(_partners(question).values()) for question in (old, new)]
    alike = offered[0] == offered[1] and partners[0] == partners[1] and len(offered[0]) == len(set(offered[0]))
    return alike and _key(old) != _key(new)


def mark_by(new: Question, old: Question, answer: Any) -> bool:
    """Return whether an answer to an earlier text is right by the key of another that offers the same options."""
    things, partners = (
        {id: newer[text] for id, text in found(old).items() if text in newer}
        for found in (_things, _partners)
        for newer in [{text: id for id, text in found(new).items()}]
    )
    if isinstance(answer, str):
        return grade(new, things.get(answer)).right
    if isinstance(answer, list):
        return grade(new, [things[key] for key in answer if isinstance(key, str) and key in things]).right
    given = answer.items() if isinstance(answer, dict) else ()
    # Steps have a number as their place; left sides have the id of their partner.
    read = {things[key]: partners.get(to, "") if isinstance(to, str) else to for key, to in given if key in things}
    return grade(new, read).right


def _things(question: Question) -> dict[str, str]:
    """Return what is chosen, put in order or matched, by id; nothing of a question that isn't marked."""
    body = question.body
    if isinstance(body, (OneAnswer, SeveralAnswers)):
        return {option.id: option.text for option in body.options}
    if isinstance(body, Order):
        return {step.id: step.text for step in body.steps}
    return {pair.id: pair.left for pair in body.pairs} if isinstance(body, Match) else {}


def _partners(question: Question) -> dict[str, str]:
    """Return the right-hand sides of pairs by id; one that is there twice has its first id."""
    body = question.body
    if not isinstance(body, Match):
        return {}
    every = [*((pair.id, pair.right) for pair in body.pairs), *body.extra]
    return {id: text for text, id in {text: id for id, text in reversed(every)}.items()}


def _key(question: Question) -> list[Any]:
    body = question.body
    if isinstance(body, (OneAnswer, SeveralAnswers)):
        return sorted(option.text for option in body.options if option.right)
    if isinstance(body, Order):
        return [step.text for step in body.steps]
    return sorted((pair.left, pair.right) for pair in body.pairs) if isinstance(body, Match) else []
