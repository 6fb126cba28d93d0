"""What people see of a course's texts: lessons in either version, its words, and notes for those who run it."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, url_for

from lms.accounts.access import allow, public
from lms.content.course import Course, Lesson
from lms.foundation.db import write
from lms.foundation.keeping import kept_page
from lms.learning import actions, pages
from lms.learning.records import OpenPage
from lms.learning.views import may_facilitate, open_course, open_enrolment, rooms, warm


@rooms.get("/courses/<course>/lessons/<lesson>")
@public
def lesson(course: str, lesson: str) -> Any:
    """Show a lesson."""
    return _lesson_page(course, lesson, gentle=False)


@rooms.get("/courses/<course>/lessons/<lesson>/gentler")
@public
def gentler(course: str, lesson: str) -> Any:
    """Show a lesson's gentler version; which of the two is read is kept nowhere."""
    return _lesson_page(course, lesson, gentle=True)


def _lesson_page(course: str, lesson: str, gentle: bool) -> Any:
    page, content = open_course(course)
    shown = content.lesson_by_id.get(lesson)
    if shown is None or (gentle and shown.gentle_html is None):
        abort(404)
    about = (content.digest, pages.fact_words(page.facts), page.lessons_done, page.enrolment_id is not None)
    return kept_page(about, lambda: _make_lesson_page(page, content, shown, gentle))


def _make_lesson_page(page: OpenPage, content: Course, shown: Lesson, gentle: bool) -> str:
    """Make a lesson's page from values that all its readers at the same place of the course share."""
    place = content.lessons.index(shown)
    before = content.lessons[place - 1] if place else None
    after = content.lessons[place + 1] if place + 1 < len(content.lessons) else None
    plain_url = pages.lesson_path(content, shown)
    gentle_url = url_for("learning.gentler", course=content.id, lesson=shown.id)
    html = shown.gentle_html if gentle and shown.gentle_html else shown.html
    body, notes = pages.apart_from_notes(pages.dress(html, page.facts))
    return render_template(
        "learning/lesson.html",
        here="courses",
        course=content,
        lesson=shown,
        module=next(module for module in content.modules if shown in module.lessons),
        body=body,
        notes=notes,
        practice=pages.practice_of(shown, page.facts),
        gentle=gentle,
        other_url=plain_url if gentle else gentle_url if shown.gentle_html else None,
        number=place + 1,
        count=len(content.lessons),
        done_marks=[item.id in page.lessons_done for item in content.lessons],
        done=shown.id in page.lessons_done,
        enrolled=page.enrolment_id is not None,
        signed_in=page.visitor is not None,
        previous=(before.title, pages.lesson_path(content, before)) if before else None,
        finished=pages.finished_words(before) if before and page.enrolment_id else None,
        next=(after.title, pages.lesson_path(content, after)) if after else None,
        course_url=url_for("learning.course", course=content.id),
    )


@rooms.post("/courses/<course>/lessons/<lesson>/done")
@allow("learn")
def done(course: str, lesson: str) -> Any:
    """Finish a lesson and go on to the next."""
    page, content, enrolment_id = open_enrolment(course)
    shown = content.lesson_by_id.get(lesson)
    if shown is None:
        abort(404)
    warm(enrolment_id)
    write(actions.finish_lesson, enrolment_id, lesson)
    place = content.lessons.index(shown)
    if place + 1 < len(content.lessons):
        # The next page holds the sentence already, for all alike; its address alone lets it be seen.
        onward = pages.lesson_path(content, content.lessons[place + 1])
        return redirect(onward if page.wins_hidden else f"{onward}#finished", 303)
    return redirect(url_for("learning.left", course=course, done=None if page.wins_hidden else shown.id), 303)


@rooms.get("/courses/<course>/facilitator")
@allow("read facilitator notes")
def facilitator(course: str) -> Any:
    """Show the notes for those who run a course; learners are never sent them."""
    page, content = open_course(course)
    if not may_facilitate(page.visitor, course):
        abort(404)
    modules = [
        (module, pages.apart_from_others(pages.dress(module.facilitator, page.facts), module.id))
        for module in content.modules
        if module.facilitator
    ]
    return render_template("learning/facilitator.html", here="courses", course=content, modules=modules)


@rooms.get("/courses/<course>/glossary")
@public
def glossary(course: str) -> Any:
    """Show the words of a course with their meanings, by the alphabet."""
    page, content = open_course(course)
    terms = [(term.term, pages.dress(term.meaning, page.facts)) for term in pages.by_the_alphabet(content.glossary)]
    return render_template("learning/glossary.html", here="courses", course=content, terms=terms)
