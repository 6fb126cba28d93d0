"""What a course still asks for, in words, and where each thing is done."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from lms.content.model.course import Course, Lesson, Term
from lms.foundation import clock
from lms.foundation.text.collation import sort_key
from lms.foundation.text.i18n import day, duration, language, month, ngettext
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import address as url_for
from lms.foundation.web.security import settings
from lms.learning.progress.equivalents import Equivalent
from lms.learning.progress.rules import Progress, Requirement, equivalent_items, needed_right, requirements_of
from lms.library.rules import passed_dates


def lesson_path(course: Course, lesson: Lesson) -> str:
    """Return the address of a lesson."""
    return url_for("learning.lesson", course=course.id, lesson=lesson.id)


def review_passed(course: Course) -> str:
    """Return the sentence on a review that was due and hasn't come, or nothing; it asks the course alone."""
    if course.review_due is None:
        return ""
    due = next((one for one in passed_dates(course, clock.today(settings().timezone)) if not one.place), None)
    if due is None:
        return ""
    return _("This course was due for a review in %(month)s. A reviewer will look at it.", month=month(due.on))


def correction_of(course: Course, lesson: Lesson, lessons_done: Collection[str]) -> tuple[str, str] | None:
    """Return the day and the note of a correction for safety, for somebody who had read the lesson; else nothing."""
    made = course.corrected
    if made is None or lesson.id not in made.lessons or lesson.id not in lessons_done:
        return None
    return day(date.fromisoformat(made.day)), made.note


def sorted_terms(terms: tuple[Term, ...]) -> list[Term]:
    """Return terms in the order in which a reader looks for them, whatever marks their letters carry."""
    spoken = language()
    return sorted(terms, key=lambda term: sort_key(term.term, spoken))


def lesson_summary(lesson: Lesson) -> str:
    """Return a lesson's line on the path: its minutes and what it touches."""
    parts = [duration(lesson.minutes)]
    if lesson.content_note.topics and lesson.content_note.note:
        parts.append(lesson.content_note.note)
    return ". ".join(parts)


def finished_message(lesson: Lesson) -> str:
    """Return the one sentence that names what was done; a hard subject is told as one."""
    sentence = _("You finished “%(title)s”.", title=lesson.title)
    return f"{sentence} {_('That was a hard subject.')}" if lesson.content_note.topics else sentence


def first_unfinished_lesson(course: Course, progress: Progress) -> Lesson | None:
    """Return the first lesson that is not finished."""
    return next((lesson for lesson in course.lessons if lesson.id not in progress.lessons), None)


def requirement_rows(course: Course, progress: Progress) -> list[dict[str, Any]]:
    """Return what the certificate asks for, in words, with how far each is met."""
    return [_requirement_row(course, progress, item) for item in requirements_of(course, progress)]


def _requirement_row(course: Course, progress: Progress, item: Requirement) -> dict[str, Any]:
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
                "%(needed)s of %(asked)s questions right in the check, with as many attempts as you like",
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


def equivalent_rows(course: Course, recorded: list[Equivalent]) -> list[dict[str, str]]:
    """Return what a coordinator recorded for a learner as met in another way, with its reason, for them alone."""
    titles = {item_id: title for _item, item_id, title in equivalent_items(course)}
    kinds = {
        "talked": _("You talked it through with a trainer."),
        "written": _("You wrote it down instead of playing it."),
        "elsewhere": _("You’d learned it elsewhere before."),
        "waived": _("You’re exempted from it."),
    }
    zone = settings().timezone
    return [
        {
            "what": titles.get(row.item_id, row.item_id),
            "on": day(clock.day_of(row.recorded_at, zone)),
            "way": kinds[row.way],
            "reason": row.reason,
            "undone_on": day(clock.day_of(row.undone_at, zone)) if row.undone_at else "",
            "undone_reason": row.undone_reason or "",
        }
        for row in recorded
    ]


def _to_lesson(course: Course, progress: Progress) -> str:
    lesson = first_unfinished_lesson(course, progress)
    return lesson_path(course, lesson) if lesson else url_for("learning.course", course=course.id)


def _to_practice(course: Course, progress: Progress) -> str:
    for conversation in course.conversations:
        if conversation.id not in progress.practised:
            return url_for("learning.conversation", course=course.id, conversation=conversation.id)
    return url_for("learning.course", course=course.id)


def next_step(course: Course, progress: Progress) -> tuple[str, str]:
    """Return the address and the words of the one next step of somebody who has begun."""
    lesson = first_unfinished_lesson(course, progress)
    if lesson:
        text = _("Continue with “%(title)s”", title=lesson.title) if progress.lessons else _("Start the first lesson")
        return lesson_path(course, lesson), text
    for row in requirement_rows(course, progress):
        if not row["met"]:
            return row["url"], _("Continue with what’s left")
    return url_for("learning.left", course=course.id), _("See your progress")
