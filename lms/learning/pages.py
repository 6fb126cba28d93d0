"""What pages of learning show: paths, requirements and lesson bodies made from values, without a query."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from unicodedata import normalize

from flask import url_for
from markupsafe import Markup, escape

from lms.content.course import Conversation, Course, End, Lesson, Term, Turn
from lms.content.questions import Item, Presented
from lms.content.wording import Sentence
from lms.foundation.fields import whole_number
from lms.foundation.words import duration, language, ngettext
from lms.foundation.words import gettext as _
from lms.learning.rules import Asked, Progress, needed_right, what_is_asked

_FIXED = re.compile(r"⟦t:([^⟧]+)⟧")
_FACT = re.compile(r"\{\{\s*(lead|emergency|limits_statement)\s*\}\}")


@dataclass(frozen=True)
class Step:
    """One mark on the path of a course."""

    kind: str
    mark: str
    title: str
    meta: str = ""
    url: str = ""
    done: bool = False


def fact_words(facts: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return a programme's lead, emergency number and limits statement, or words that stand for them."""
    return (
        str(facts.get("lead") or _("your programme’s lead")),
        str(facts.get("emergency") or _("your local emergency number")),
        str(facts.get("limits_statement") or _("your programme’s own limits statement")),
    )


def dress(html: str, facts: Mapping[str, Any]) -> Markup:
    """Return a body of a course as this programme's readers see it, in their language."""
    return _dress(html, fact_words(facts), language())


@lru_cache(maxsize=2048)
def _dress(html: str, words: tuple[str, str, str], _language: str) -> Markup:
    known = dict(zip(("lead", "emergency", "limits_statement"), words, strict=True))
    html = _FACT.sub(lambda found: str(escape(known[found[1]])), html)
    html = _FIXED.sub(lambda found: str(escape(_(found[1]))), html)
    html = re.sub(r"⟦media:([0-9a-f]{64})⟧", lambda found: f"/media/{found[1]}", html)
    return Markup(html)  # noqa: S704 - the content engine's HTML went through nh3, and what is put in is escaped


def dress_question(shown: Presented, facts: Mapping[str, Any]) -> Presented:
    """Return a question of the check as this programme's readers see it."""

    def worn(items: tuple[Item, ...]) -> tuple[Item, ...]:
        return tuple(Item(item.token, dress(item.text, facts)) for item in items)

    return replace(shown, stem=dress(shown.stem, facts), items=worn(shown.items), rights=worn(shown.rights))


def practice_of(lesson: Lesson, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a lesson's practice questions with every option's reason; nothing of them is ever sent."""
    return [
        {
            "id": question.id,
            "stem": dress(question.stem, facts),
            "options": [
                {"text": dress(option.text, facts), "right": option.right, "reason": dress(option.reason, facts)}
                for option in getattr(question.body, "options", ())
            ],
        }
        for question in lesson.practice
    ]


def in_our_words(sentence: str | None) -> str | None:
    """Return a sentence of the content engine in the reader's language."""
    if not isinstance(sentence, Sentence):
        return sentence
    values = {name: _(value) if isinstance(value, str) else value for name, value in sentence.values.items()}
    return _(sentence.template) % values if values else _(sentence.template)


def lesson_path(course: Course, lesson: Lesson) -> str:
    """Return the address of a lesson."""
    return url_for("learning.lesson", course=course.id, lesson=lesson.id)


def apart_from_notes(body: Markup) -> tuple[Markup, Markup]:
    """Return a lesson's text and its list of sources, between which practice questions stand."""
    text, mark, notes = body.partition('<section class="notes">')
    return Markup(text), Markup(mark) + Markup(notes)  # noqa: S704 - both parts were safe as one


def apart_from_others(body: Markup, name: str) -> Markup:
    """Return a body whose ids and links to itself carry a name, so that several can stand on one page."""
    marked = re.sub(r'(<[^<>]*? (?:id="|href="#))', lambda found: f"{found[1]}{name}-", body)
    return Markup(marked)  # noqa: S704 - the same safe HTML, with the id of a module put into its ids


def by_the_alphabet(terms: tuple[Term, ...]) -> list[Term]:
    """Return terms in the order in which a reader looks for them, whatever marks their letters carry."""

    def plain(term: Term) -> str:
        return "".join(sign for sign in normalize("NFKD", term.term.casefold()) if sign.isalnum() or sign == " ")

    return sorted(terms, key=plain)


def note_in_short(lesson: Lesson) -> str:
    """Return a lesson's line on the path: its minutes and what it touches."""
    parts = [duration(lesson.minutes)]
    if lesson.content_note.topics and lesson.content_note.note:
        parts.append(lesson.content_note.note)
    return ". ".join(parts)


def first_open(course: Course, progress: Progress) -> Lesson | None:
    """Return the first lesson that is not finished."""
    return next((lesson for lesson in course.lessons if lesson.id not in progress.lessons), None)


def path_of(course: Course, progress: Progress, enrolled: bool, certificate_url: str | None) -> list[Step]:
    """Return the path of a course with its marks; modules stand as headings among them."""
    here = first_open(course, progress) if enrolled else None
    steps: list[Step] = []
    for module in course.modules:
        done = enrolled and all(lesson.id in progress.lessons for lesson in module.lessons)
        steps.append(Step("module", "dot", module.title, done=done))
        for lesson in module.lessons:
            finished = lesson.id in progress.lessons
            mark = "done" if finished else "here" if lesson is here else "next"
            steps.append(
                Step("lesson", mark, lesson.title, note_in_short(lesson), lesson_path(course, lesson), finished)
            )
    for conversation in course.conversations:
        done = conversation.id in progress.practised
        meta = _("Practice conversation. %(time)s", time=duration(conversation.minutes))
        url = url_for("learning.conversation", course=course.id, conversation=conversation.id)
        steps.append(Step("talk", "done" if done else "talk", conversation.title, meta, url, done))
    check = url_for("learning.check", course=course.id)
    meta = ngettext("%(num)s question, no time limit", "%(num)s questions, no time limit", course.criteria.draw)
    steps.append(Step("check", "done" if progress.passed else "check", _("The check"), meta, check, progress.passed))
    meta = _("Yours when everything above that is asked for is there")
    steps.append(Step("cert", "cert", _("Your certificate"), meta, certificate_url or "", bool(certificate_url)))
    return steps


def asked_rows(course: Course, progress: Progress) -> list[dict[str, Any]]:
    """Return what the certificate asks for, in words, with how far each is met."""
    return [_asked_row(course, progress, item) for item in what_is_asked(course, progress)]


def _asked_row(course: Course, progress: Progress, item: Asked) -> dict[str, Any]:
    check = url_for("learning.check", course=course.id)
    criteria = course.criteria
    words: dict[str, Callable[[], tuple[str, str]]] = {
        "lessons": lambda: (
            ngettext("The one lesson, in either version", "All %(num)s lessons, in either version", item.needed),
            _to_lesson(course, progress),
        ),
        "practice": lambda: (
            ngettext("One practice conversation", "%(num)s practice conversations", item.needed),
            _to_practice(course, progress),
        ),
        "check": lambda: (
            _(
                "%(needed)s of %(asked)s check questions, as often as you like",
                needed=needed_right(criteria, criteria.draw),
                asked=criteria.draw,
            ),
            check,
        ),
        "safety": lambda: (_("Every safety question among them"), check),
    }
    text, url = words[item.kind]()
    counted = item.kind in {"lessons", "practice"}
    if item.met:
        state, state_text = "ok", _("Done")
    elif item.done or (progress.tries and not counted):
        state = "go"
        state_text = _("%(done)s of %(needed)s", done=item.done, needed=item.needed) if counted else _("Not quite yet")
    else:
        state, state_text = "none", _("0 of %(needed)s", needed=item.needed) if counted else _("Not opened")
    return {"text": text, "url": url, "met": item.met, "state": state, "state_text": state_text}


def _to_lesson(course: Course, progress: Progress) -> str:
    lesson = first_open(course, progress)
    return lesson_path(course, lesson) if lesson else url_for("learning.course", course=course.id)


def _to_practice(course: Course, progress: Progress) -> str:
    for conversation in course.conversations:
        if conversation.id not in progress.practised:
            return url_for("learning.conversation", course=course.id, conversation=conversation.id)
    return url_for("learning.course", course=course.id)


def next_thing(course: Course, progress: Progress) -> tuple[str, str]:
    """Return the address and the words of the one next step of somebody who has begun."""
    lesson = first_open(course, progress)
    if lesson:
        text = _("Go on with “%(title)s”", title=lesson.title) if progress.lessons else _("Open the first lesson")
        return lesson_path(course, lesson), text
    for row in asked_rows(course, progress):
        if not row["met"]:
            return row["url"], _("Go on with what is left")
    return url_for("learning.left", course=course.id), _("See where you are")


@dataclass(frozen=True)
class Played:
    """A conversation along a path of replies: the turns so far, and where one stands now."""

    steps: tuple[tuple[Turn, int], ...]
    place: Turn | End

    @property
    def path(self) -> str:
        """The path as a hidden field carries it."""
        return ".".join(str(index) for _turn, index in self.steps)


def play(conversation: Conversation, path: str) -> Played:
    """Walk a path of reply numbers from the start; what does not lead anywhere is left off."""
    place = conversation.places[conversation.start]
    steps: list[tuple[Turn, int]] = []
    for part in path.split(".")[:200]:
        if not isinstance(place, Turn) or not 0 <= (chosen := whole_number(part, -1)) < len(place.replies):
            break
        steps.append((place, chosen))
        place = conversation.places[place.replies[chosen].goes_to]
    return Played(tuple(steps), place)


def replies_in_play(conversation: Conversation, played: Played, facts: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the replies that can be chosen now, in an order that says nothing."""
    if isinstance(played.place, End):
        return []
    turn = played.place

    def lot(index: int) -> str:
        return hashlib.sha256(f"{conversation.id}|{turn.id}|{len(played.steps)}|{index}".encode()).hexdigest()

    order = sorted(range(len(turn.replies)), key=lot)
    return [{"token": str(index), "text": dress(turn.replies[index].text, facts)} for index in order]


def script_of(conversation: Conversation, played: Played, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what was said so far, turn by turn."""
    script: list[dict[str, Any]] = []
    for turn, index in played.steps:
        script.append({"who": conversation.partner, "you": False, "stage": turn.stage, "text": dress(turn.says, facts)})
        script.append({"who": _("You"), "you": True, "stage": "", "text": dress(turn.replies[index].text, facts)})
    return script


def debrief_of(played: Played, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return each choice with what kind of reply it was and what it did."""
    rows = []
    for turn, index in played.steps:
        reply = turn.replies[index]
        rows.append(
            {
                "they": dress(turn.says, facts),
                "stage": turn.stage,
                "you": dress(reply.text, facts),
                "label": _(reply.label),
                "fit": reply.fit,
                "feedback": dress(reply.feedback, facts),
            }
        )
    return rows
