"""Where somebody left off, as the start page and the course’s page offer to continue it."""

from __future__ import annotations

from dataclasses import dataclass

from lms.content.model.conversation import Conversation
from lms.content.model.course import Course
from lms.foundation.text.i18n import duration
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import address as url_for
from lms.learning.progress.pages import first_unfinished_lesson, lesson_summary, next_step
from lms.learning.progress.rules import Progress


@dataclass(frozen=True)
class OpenItem:
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
    url, text = next_step(course, progress)
    course_url = url_for("learning.course", course=course.id)
    marks = tuple(lesson.id in progress.lessons for lesson in course.lessons)
    lesson = first_unfinished_lesson(course, progress)
    if lesson is None:
        return LeftOff(course.title, course_url, text, "", url, marks, None, _("All lessons done"))
    place = course.lessons.index(lesson)
    detail = f"{lesson_summary(lesson)}."
    words = _("Lesson %(number)s of %(count)s", number=place + 1, count=len(course.lessons))
    return LeftOff(course.title, course_url, lesson.title, detail, url, marks, place, words)


def left_off_renewal(course: Course) -> LeftOff:
    """Return a renewal that somebody has started."""
    course_url, url = (url_for(f"learning.{name}", course=course.id) for name in ("course", "left"))
    return LeftOff(course.title, course_url, _("Renew your certificate"), "", url)


def open_item_rows(course: Course, check: bool, conversations: list[str]) -> list[OpenItem]:
    """Return a check and conversations that are open, in words."""
    rows = [OpenItem(_("Continue the check you started"), url_for("learning.check", course=course.id))] if check else []
    for name in conversations:
        conversation = course.conversation_by_id.get(name)
        if conversation:
            words = _("Continue the conversation “%(title)s”", title=conversation.title)
            rows.append(OpenItem(words, url_for("learning.conversation", course=course.id, conversation=name)))
    return rows
