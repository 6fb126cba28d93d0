"""What the player of a package has to know of its course, as plain values: places, criteria, and the check's keys.

The keys are in the package, as in every SCORM package that grades by itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Any

from lms.content.conversations.roads import unfold
from lms.content.model.course import Course
from lms.content.model.question import Question
from lms.content.questions.match import Match
from lms.content.questions.one_answer import OneAnswer
from lms.content.questions.order import Order
from lms.content.questions.several_answers import SeveralAnswers

Fill = Callable[[str], str]


def describe(course: Course, practice_needed: int, fill: Fill, country: str | None = None) -> dict[str, Any]:
    """Return the course for the player; `fill` puts facts and words into a phrase.

    Questions about another country's law than the programme's `country` stay out.
    """
    drawable = [
        question
        for question in course.questions
        if question.drawable and (question.everywhere or question.jurisdiction == country)
    ]
    lessons = short_keys(lesson.id for lesson in course.lessons)
    conversations = short_keys(conversation.id for conversation in course.conversations)
    criteria = course.criteria
    return {
        "course": course.id,
        "version": course.version,
        "check": short_keys([course.digest])[course.digest],
        "lessons": [{"id": lesson.id, "key": lessons[lesson.id]} for lesson in course.lessons],
        "conversations": [
            {
                "id": one.id,
                "key": conversations[one.id],
                "start": one.start,
                "turns": [turn.id for turn in one.turns],
                "ends": {end.id: end.good or one.must_reach == "any" for end in one.ends},
            }
            for one in map(unfold, course.conversations)
        ],
        "needed": {
            "lessons": len(course.lessons) if criteria.lessons_required else 0,
            "practice": practice_needed,
            "score": criteria.score,
        },
        "draw": min(criteria.draw, len(drawable)),
        "questions": [_question(question, fill) for question in drawable],
    }


def short_keys(ids: Iterable[str]) -> dict[str, str]:
    """Return four characters or a few more for each id, none twice: a learning system keeps 4,096 in all."""
    ids = list(ids)
    for length in range(4, 65):
        keys = {id: hashlib.sha256(id.encode()).hexdigest()[:length] for id in ids}
        if len(set(keys.values())) == len(ids):
            return keys
    raise ValueError("the same id twice")


def _question(question: Question, fill: Fill) -> dict[str, Any]:
    parts: dict[str, Any] = {
        "id": question.id,
        "kind": question.body.kind,
        "stem": fill(question.stem),
        "objectives": list(question.objectives),
    }
    parts |= {"critical": True, "group": question.group or question.id} if question.critical else {}
    parts |= {"fixed": True} if question.fixed else {}
    return parts | _body(question, fill)


def _body(question: Question, fill: Fill) -> dict[str, Any]:
    body = question.body
    if isinstance(body, (OneAnswer, SeveralAnswers)):
        return {"items": [{"text": fill(o.text), "why": fill(o.reason), "right": o.right} for o in body.options]}
    if isinstance(body, Order):
        return {"items": [{"text": fill(step.text), "why": fill(step.reason)} for step in body.steps]}
    assert isinstance(body, Match)
    rights = dict.fromkeys((*(pair.right for pair in body.pairs), *(text for _id, text in body.extra)))
    places = {text: place for place, text in enumerate(rights)}
    return {
        "items": [
            {"text": fill(pair.left), "why": fill(pair.reason), "goes": places[pair.right]} for pair in body.pairs
        ],
        "rights": [fill(text) for text in rights],
    }
