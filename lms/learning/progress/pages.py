"""What pages of learning show: paths, requirements and lesson bodies made from values, without a query."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from lms.content.model.conversation import Conversation
from lms.content.model.course import Course, Lesson, Term
from lms.content.model.wording import Sentence
from lms.content.questions import Item, Presented
from lms.foundation.text.collation import sort_key
from lms.foundation.text.i18n import day, duration, language, ngettext
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import address as url_for
from lms.learning.progress.equivalents import Equivalent
from lms.learning.progress.renewal_rules import RenewalScope
from lms.learning.progress.rules import Asked, Progress, can_be_met_otherwise, needed_right, what_is_asked

_FIXED = re.compile(r"⟦t:([^⟧]+)⟧")
Facts = tuple[str, str, str]
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
    parts: tuple[Step, ...] = ()
    started: bool = False

    @property
    def state_text(self) -> str:
        """Say how far somebody is with it; empty where they haven't started."""
        if self.done:
            return _("Done")
        if self.started:
            return _("In progress")
        return _("You are here") if self.mark == "here" else ""


def fact_words(facts: Mapping[str, Any]) -> Facts:
    """Return a programme's lead, emergency number and limits statement, or words that stand for them."""
    return (
        str(facts.get("lead") or _("your programme’s lead")),
        str(facts.get("emergency") or _("your local emergency number")),
        str(facts.get("limits_statement") or _("your programme’s own limits statement")),
    )


def fill_placeholders(html: str, facts: Mapping[str, Any]) -> Markup:
    """Return a body of a course as this programme's readers see it, in their language."""
    return _filled(html, fact_words(facts), language())


def fill_with(html: str, words: Facts) -> Markup:
    """Return a body of a course with the words for its facts, which a page with many bodies asks for once."""
    return _filled(html, words, language())


@lru_cache(maxsize=1024)
def _filled(html: str, words: Facts, _language: str) -> Markup:
    known = dict(zip(("lead", "emergency", "limits_statement"), words, strict=True))
    html = _FACT.sub(lambda found: str(escape(known[found[1]])), html)
    html = _FIXED.sub(lambda found: str(escape(_(found[1]))), html)
    html = re.sub(r"⟦media:([0-9a-f]{64})⟧", lambda found: f"/media/{found[1]}", html)
    return Markup(html)  # noqa: S704 - the content engine's HTML went through nh3, and what is put in is escaped


def fill_question(shown: Presented, facts: Mapping[str, Any]) -> Presented:
    """Return a question of the check as this programme's readers see it."""
    words = fact_words(facts)

    def filled_items(items: tuple[Item, ...]) -> tuple[Item, ...]:
        return tuple(Item(item.token, fill_with(item.text, words)) for item in items)

    return replace(
        shown, stem=fill_with(shown.stem, words), items=filled_items(shown.items), rights=filled_items(shown.rights)
    )


def practice_of(lesson: Lesson, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a lesson's practice questions with every option's reason; nothing of them is ever sent."""
    return [
        {
            "id": question.id,
            "stem": fill_placeholders(question.stem, facts),
            "options": [
                {
                    "text": fill_placeholders(option.text, facts),
                    "right": option.right,
                    "reason": fill_placeholders(option.reason, facts),
                }
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
    spoken = language()
    return sorted(terms, key=lambda term: sort_key(term.term, spoken))


def note_in_short(lesson: Lesson) -> str:
    """Return a lesson's line on the path: its minutes and what it touches."""
    parts = [duration(lesson.minutes)]
    if lesson.content_note.topics and lesson.content_note.note:
        parts.append(lesson.content_note.note)
    return ". ".join(parts)


def finished_words(lesson: Lesson) -> str:
    """Return the one sentence that names what was done; a hard subject is told as one."""
    told = _("You finished “%(title)s”.", title=lesson.title)
    return f"{told} {_('That was a hard subject.')}" if lesson.content_note.topics else told


def first_open(course: Course, progress: Progress) -> Lesson | None:
    """Return the first lesson that is not finished."""
    return next((lesson for lesson in course.lessons if lesson.id not in progress.lessons), None)


@dataclass(frozen=True)
class Opened:
    """Something that was started and not finished, and where it is continued."""

    text: str
    url: str


@dataclass(frozen=True)
class LeftOff:
    """The one thing on which somebody continues: a lesson, a conversation, a check, or what a course still needs."""

    course_title: str
    course_url: str
    title: str
    detail: str
    url: str
    trail: tuple[bool, ...] = ()
    place: int | None = None
    trail_text: str = ""


def left_off_conversation(course: Course, conversation: Conversation) -> LeftOff:
    """Return a conversation that somebody is in the middle of."""
    url = url_for("learning.conversation", course=course.id, conversation=conversation.id)
    detail = _("Practice conversation. %(time)s", time=duration(conversation.minutes))
    return LeftOff(course.title, url_for("learning.course", course=course.id), conversation.title, detail, url)


def left_off_check(course: Course, url: str, marks: list[bool]) -> LeftOff:
    """Return a check that somebody has started, with which questions have an answer."""
    answered = _("%(done)s of %(num)s questions answered", done=sum(marks), num=len(marks))
    return LeftOff(
        course.title,
        url_for("learning.course", course=course.id),
        _("Knowledge check"),
        "",
        url,
        tuple(marks),
        None,
        answered,
    )


def left_off_course(course: Course, progress: Progress) -> LeftOff:
    """Return the next lesson of a course that somebody takes, or else what it still needs."""
    url, text = next_thing(course, progress)
    course_url = url_for("learning.course", course=course.id)
    marks = tuple(lesson.id in progress.lessons for lesson in course.lessons)
    lesson = first_open(course, progress)
    if lesson is None:
        return LeftOff(course.title, course_url, text, "", url, marks, None, _("All lessons done"))
    place = course.lessons.index(lesson)
    detail = f"{note_in_short(lesson)}."
    words = _("Lesson %(number)s of %(count)s", number=place + 1, count=len(course.lessons))
    return LeftOff(course.title, course_url, lesson.title, detail, url, marks, place, words)


def left_off_renewal(course: Course) -> LeftOff:
    """Return a renewal that somebody has started."""
    course_url, url = (url_for(f"learning.{name}", course=course.id) for name in ("course", "left"))
    return LeftOff(course.title, course_url, _("Renew your certificate"), "", url)


def opened_rows(course: Course, check: bool, conversations: list[str]) -> list[Opened]:
    """Return a check and conversations that are open, in words."""
    rows = [Opened(_("Continue the check you started"), url_for("learning.check", course=course.id))] if check else []
    for name in conversations:
        conversation = course.conversation_by_id.get(name)
        if conversation:
            words = _("Continue the conversation “%(title)s”", title=conversation.title)
            rows.append(Opened(words, url_for("learning.conversation", course=course.id, conversation=name)))
    return rows


def as_opened(step: Step, opened: Collection[str]) -> Step:
    """Return a step that says it was started where it, or a part of it, is open."""
    parts = tuple(as_opened(part, opened) for part in step.parts)
    started = bool(step.url) and step.url in opened and step.kind in {"conversation", "check"}
    return replace(step, parts=parts, started=started, mark="started" if started and not step.done else step.mark)


def path_of(
    course: Course,
    progress: Progress,
    enrolled: bool,
    certificate_url: str | None,
    scope: RenewalScope | None = None,
    opened: Collection[str] = (),
) -> list[Step]:
    """Return the path of a course with its marks; modules stand as headings among them.

    To somebody who renews, `scope` marks what changed, and says how many questions there are.
    """
    changed = {lesson.id for lesson in scope.changes.lessons} if scope else set()
    here = first_open(course, progress) if enrolled else None
    if scope:
        here = next((lesson for lesson in scope.changes.lessons if lesson.id not in progress.lessons), None)
    steps: list[Step] = []
    for module in course.modules:
        done = enrolled and all(lesson.id in progress.lessons for lesson in module.lessons)
        heading = _("%(number)s. %(title)s", number=module.number, title=module.title)
        steps.append(Step("module", "dot", heading, done=done))
        for place, lesson in enumerate(module.lessons, 1):
            finished = lesson.id in progress.lessons
            mark = "done" if finished else "here" if lesson is here else "next"
            meta = note_in_short(lesson)
            if lesson.id in changed:
                meta = f"{_('Changed since you earned your certificate.')} {meta}"
            title = _("%(number)s %(title)s", number=f"{module.number}.{place}", title=lesson.title)
            steps.append(Step("lesson", mark, title, meta, lesson_path(course, lesson), finished))
    steps += _conversations(course, progress)
    check = url_for("learning.check", course=course.id)
    asked, passed = scope.draw if scope else course.criteria.draw, progress.passed and not scope
    meta = ngettext("%(num)s question, no time limit", "%(num)s questions, no time limit", asked)
    steps.append(Step("check", "done" if passed else "check", _("Knowledge check"), meta, check, passed))
    meta = _("We issue it once you’ve done everything it needs")
    steps.append(Step("cert", "cert", _("Your certificate"), meta, certificate_url or "", bool(certificate_url)))
    return [as_opened(step, opened) for step in steps]


def _conversations(course: Course, progress: Progress) -> list[Step]:
    """Return the practice conversations; those that are contacts of one arc stand together, where the first stands."""
    one_by_one = {
        conversation.id: _conversation(course, conversation, progress) for conversation in course.conversations
    }
    arcs = {arc.contacts[0]: arc for arc in course.arcs if arc.contacts}
    within = {id for arc in course.arcs for id in arc.contacts}
    steps: list[Step] = []
    for id, step in one_by_one.items():
        if id in arcs:
            parts = tuple(one_by_one[contact] for contact in arcs[id].contacts)
            meta = ngettext("%(num)s contact with one colleague", "%(num)s contacts with one colleague", len(parts))
            done = all(part.done for part in parts)
            steps.append(Step("arc", "done" if done else "conversation", arcs[id].title, meta, done=done, parts=parts))
        elif id not in within:
            steps.append(step)
    return steps


def _conversation(course: Course, conversation: Conversation, progress: Progress) -> Step:
    done = conversation.id in progress.practised
    meta = _("Practice conversation. %(time)s", time=duration(conversation.minutes))
    url = url_for("learning.conversation", course=course.id, conversation=conversation.id)
    return Step("conversation", "done" if done else "conversation", conversation.title, meta, url, done)


def asked_rows(course: Course, progress: Progress) -> list[dict[str, Any]]:
    """Return what the certificate asks for, in words, with how far each is met."""
    return [_asked_row(course, progress, item) for item in what_is_asked(course, progress)]


def _asked_row(course: Course, progress: Progress, item: Asked) -> dict[str, Any]:
    check = url_for("learning.check", course=course.id)
    criteria = course.criteria
    words: dict[str, Callable[[], tuple[str, str]]] = {
        "lessons": lambda: (
            ngettext(
                "The lesson, full or gentler version", "All %(num)s lessons, full or gentler version", item.needed
            ),
            _to_lesson(course, progress),
        ),
        "practice": lambda: (
            ngettext("One practice conversation", "%(num)s practice conversations", item.needed),
            _to_practice(course, progress),
        ),
        "check": lambda: (
            _(
                "%(needed)s of %(asked)s questions right in the check, as many attempts as you like",
                needed=needed_right(criteria, criteria.draw),
                asked=criteria.draw,
            ),
            check,
        ),
        "safety": lambda: (_("All safety questions right"), check),
    }
    text, url = words[item.kind]()
    counted = item.kind in {"lessons", "practice"}
    if item.met:
        state, state_text = "ok", _("Done")
    elif item.done or (progress.attempts and not counted):
        state = "go"
        state_text = _("%(done)s of %(needed)s", done=item.done, needed=item.needed) if counted else _("Not quite yet")
    else:
        state, state_text = "none", _("0 of %(needed)s", needed=item.needed) if counted else _("Not done yet")
    return {"text": text, "url": url, "met": item.met, "state": state, "state_text": state_text}


def otherwise_rows(course: Course, recorded: list[Equivalent]) -> list[dict[str, str]]:
    """Return what a coordinator recorded for a learner as met in another way, with its reason, for them alone."""
    titles = {item_id: title for _item, item_id, title in can_be_met_otherwise(course)}
    kinds = {
        "talked": _("You talked it through with a trainer."),
        "written": _("You wrote it down instead of playing it."),
        "elsewhere": _("You’d learned it elsewhere before."),
        "waived": _("You’re exempted from it."),
    }
    return [
        {
            "what": titles.get(row.item_id, row.item_id),
            "on": day(row.recorded_at.date()),
            "way": kinds[row.way],
            "reason": row.reason,
            "undone_on": day(row.undone_at.date()) if row.undone_at else "",
            "undone_reason": row.undone_reason or "",
        }
        for row in recorded
    ]


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
        text = _("Continue with “%(title)s”", title=lesson.title) if progress.lessons else _("Start the first lesson")
        return lesson_path(course, lesson), text
    for row in asked_rows(course, progress):
        if not row["met"]:
            return row["url"], _("Continue with what’s left")
    return url_for("learning.left", course=course.id), _("See your progress")
