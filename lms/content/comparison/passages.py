"""A course as passages of plain text in the order in which people read them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from html.parser import HTMLParser
from typing import Any, Literal, TypeAlias

from lms.content.model.content_note import NO_NOTE, ContentNote
from lms.content.model.conversation import ALWAYS, Condition, Conversation, Reply
from lms.content.model.course import Course, Lesson, Module
from lms.content.model.question import Question

Kind: TypeAlias = Literal["course", "module", "lesson", "conversation", "question", "facilitator", "glossary"]
_FIXED = re.compile(r"⟦t:([^⟧]+)⟧")
_MEDIUM = re.compile(r"⟦media:([0-9a-f]{64})⟧")
_FACT = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_SPACE = re.compile(r"\s+")
_ROLES = {
    **dict.fromkeys(("h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("li", "dt", "dd"), "item"),
    **dict.fromkeys(("td", "th", "caption"), "cell"),
}
_BLOCKS = {*_ROLES, "p", "div", "pre", "blockquote", "figcaption", "section", "tr", "table", "ul", "ol", "hr", "figure"}


@dataclass(frozen=True)
class Passage:
    """A paragraph, an option, a fact: one text with its role; `extra` is compared and never shown."""

    role: str
    text: str
    extra: str = ""


@dataclass(frozen=True)
class Piece:
    """Something of a course that has an id: a lesson, a question, a conversation; `exact` is all that it says."""

    kind: Kind
    id: str
    title: str
    passages: tuple[Passage, ...]
    exact: Any
    place: str = ""
    path: str = ""


def pieces_of(course: Course) -> list[Piece]:
    """Return a course in pieces, in the order in which people meet them."""
    found = [_course_piece(course)]
    for module in course.modules:
        found.append(_module_piece(module))
        found += [_lesson_piece(lesson, module) for lesson in module.lessons]
        if module.facilitator:
            passages = (*_passages(module.facilitator),)
            found.append(Piece("facilitator", module.id, module.title, passages, module.facilitator))
    found += [_conversation_piece(conversation) for conversation in course.conversations]
    found += [_question_piece(question) for question in course.questions]
    if course.glossary:
        terms = tuple(Passage("term", f"{term.term}: {plain(term.meaning)}") for term in course.glossary)
        found.append(Piece("glossary", "glossary", "", terms, course.glossary, path="glossary.md"))
    return found


def plain(html: str) -> str:
    """Return a phrase of HTML as text on one line."""
    return " ".join(passage.text for passage in _passages(html))


def _course_piece(course: Course) -> Piece:
    facts = [Passage(role, text) for role, text in _facts(course) if text]
    own_text = [*_passages(course.html)]
    exact = (facts, course.html)
    return Piece("course", course.id, course.title, (*facts, *own_text), exact, path="course.md")


def _facts(course: Course) -> Iterator[tuple[str, str]]:
    """Yield what course.md says about a course, each with its key; the version is no difference."""
    asks, terms = course.criteria, course.certificate
    yield "title", course.title
    yield "code", course.code
    yield "summary", course.summary
    yield "audience", course.audience
    yield "language", course.language
    yield from (("objectives", objective.text) for objective in course.objectives)
    yield "content_notes", course.content_note
    yield from (("check.content_notes", passage.text) for passage in _note_passages(course.check_note or NO_NOTE))
    yield "private", "yes" if course.private else ""
    yield "pass.score", f"{asks.score}%"
    yield "draw", str(asks.draw)
    yield "pass.practice_required", str(asks.practice_required)
    yield "pass.observed_practice", str(asks.observed_practice)
    yield "pass.lessons_required", "yes" if asks.lessons_required else ""
    yield "refresher.draw", str(asks.refresher or "")
    yield "certificate.does_not_attest", terms.does_not_attest
    yield "certificate.valid_months", str(terms.valid_months or "")
    yield "certificate.design", terms.design
    yield from (("sources", f"{source.citation} {source.url or ''}".strip()) for source in course.sources)
    yield from (("jurisdiction_notes", f"{note.place}: {note.text}") for note in course.jurisdiction_notes)
    yield "review_due", course.review_due or ""
    yield "licence", course.licence
    yield "authors", ", ".join(course.authors)
    yield from (("arcs", f"{arc.title}: {', '.join(arc.contacts)}") for arc in course.arcs)


def _module_piece(module: Module) -> Piece:
    passages = (Passage("title", module.title), *_passages(module.html))
    return Piece("module", module.id, module.title, passages, (module.title, module.html))


def _lesson_piece(lesson: Lesson, module: Module) -> Piece:
    passages = [Passage("title", lesson.title), *_note_passages(lesson.content_note), *_passages(lesson.html)]
    for question in lesson.practice:
        passages += _question_passages(question)
    if lesson.gentle_html is not None:
        passages.append(Passage("gentle", ""))
        passages += [*_note_passages(lesson.gentle_note), *_passages(lesson.gentle_html)]
    exact = replace(lesson, path="", practice=tuple(replace(one, path="", line=0) for one in lesson.practice))
    return Piece("lesson", lesson.id, lesson.title, tuple(passages), exact, module.title, lesson.path)


def _note_passages(note: ContentNote) -> Iterator[Passage]:
    words = ", ".join(note.topics) + (f": {note.note}" if note.note else "")
    if words:
        yield Passage("content_notes", words)


def _question_piece(question: Question) -> Piece:
    exact = replace(question, path="", line=0)
    title = plain(question.stem)
    return Piece("question", question.id, title, tuple(_question_passages(question)), exact, path=question.path)


def _question_passages(question: Question) -> Iterator[Passage]:
    yield from (replace(passage, role="question") for passage in _passages(question.stem))
    if question.critical:
        yield Passage("critical", question.group or "")
    for field in fields(question.body):
        yield from _texts(field.name, getattr(question.body, field.name))


def _texts(role: str, value: Any) -> Iterator[Passage]:
    """Yield the texts of what a kind of question adds, whichever kind it is; a key is part of the role."""
    if isinstance(value, str):
        yield from (replace(passage, role=role) for passage in _passages(value))
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _texts(role, one)
    elif is_dataclass(value):
        right = "right " if getattr(value, "right", None) is True else ""
        for field in fields(value):
            if field.name != "id":
                role_of_field = f"{right}{role}" if field.name == "text" else field.name
                yield from _texts(role_of_field, getattr(value, field.name))


def _conversation_piece(conversation: Conversation) -> Piece:
    passages = [
        Passage("title", conversation.title),
        Passage("with", conversation.partner),
        Passage("setting", plain(conversation.setting)),
        *_note_passages(conversation.content_note),
        *(Passage("fact", f"{fact}: {words}") for fact, words in conversation.facts),
    ]
    for turn in conversation.turns:
        passages.append(Passage("turn", turn.id))
        passages += _stage(turn.stage)
        passages.append(Passage("says", plain(turn.says)))
        passages += [Passage("answers", fact) for fact in turn.answers]
        for variant in turn.variants:
            passages += [
                Passage("if", _when(variant.when)),
                *_stage(variant.stage),
                Passage("says", plain(variant.says)),
            ]
        for reply in turn.replies:
            passages += _reply_passages(reply)
    for end in conversation.ends:
        passages.append(Passage("good end" if end.good else "end", plain(end.title)))
        passages += [Passage("needs", fact) for fact in end.needs]
        for when, html in end.parts or ((ALWAYS, end.html),):
            passages += [*([Passage("if", _when(when))] if when != ALWAYS else []), *_passages(html)]
    exact = replace(conversation, path="")
    return Piece("conversation", conversation.id, conversation.title, tuple(passages), exact, path=conversation.path)


def _stage(stage: str) -> list[Passage]:
    return [Passage("stage", plain(stage))] if stage else []


def _when(when: Condition) -> str:
    return ", ".join(
        [f"needs {fact}" for fact in sorted(when.needs)] + [f"unless {fact}" for fact in sorted(when.unless)]
    )


def _reply_passages(reply: Reply) -> Iterator[Passage]:
    yield Passage("reply", plain(reply.text))
    terms = [f"sets {fact}" for fact in reply.sets] + ([_when(reply.when)] if reply.when != ALWAYS else [])
    yield Passage("leads", f"{', '.join((reply.label, reply.fit, *terms))} → {reply.goes_to}")
    yield Passage("reason", plain(reply.feedback))


def _passages(html: str) -> Iterator[Passage]:
    reader = _Reader()
    # A fact of the programme stays a gap with a name, as the author wrote it.
    reader.feed(_FACT.sub(r"‹\1›", _MEDIUM.sub(r"\1", _FIXED.sub(r"\1", html))))
    reader.close()
    return iter(reader.finish())


class _Reader(HTMLParser):
    """Collects the texts of safe HTML, one for each block; numbers of citations are left out, as they count along."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Passage] = []
        self.words: list[str] = []
        self.role = ""
        self.unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, or pass over the number of a citation."""
        given = dict(attrs)
        if self.unread or (tag == "sup" and given.get("class") == "ref"):
            self.unread += tag not in {"br", "img", "hr"}
        elif tag == "img":
            self.end_block()
            self.found.append(Passage("picture", given.get("alt") or "", given.get("src") or ""))
        elif tag in _BLOCKS:
            self.end_block()
            self.role = _ROLES.get(tag, self.role if tag == "p" else "")
        elif tag == "br":
            self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """End a block."""
        if self.unread:
            self.unread -= 1
        elif tag in _BLOCKS:
            self.end_block()
            self.role = ""

    def handle_data(self, data: str) -> None:
        """Take words."""
        if not self.unread:
            self.words.append(data)

    def end_block(self) -> None:
        """Keep what was read as one passage, if it says anything."""
        text = _SPACE.sub(" ", "".join(self.words)).strip()
        self.words.clear()
        if text:
            self.found.append(Passage(self.role, text))

    def finish(self) -> Iterable[Passage]:
        """Return all passages."""
        self.end_block()
        return self.found
