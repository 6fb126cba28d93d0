"""Pages of a course's texts: lessons in either version, glossary, and facilitator notes."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for

from lms.accounts.access import allow, public
from lms.accounts.records import get_programme
from lms.content.model.course import Course
from lms.foundation.db import write
from lms.foundation.web.page_cache import cached_page
from lms.learning.blueprint import blueprint
from lms.learning.courses.lesson_pages import make_lesson_page
from lms.learning.progress import actions, pages
from lms.learning.progress.access import facilitated_programmes, open_course, open_enrolment, preload_passed_versions
from lms.learning.progress.open_page_records import OpenPage
from lms.learning.progress.placeholders import (
    fill_placeholders,
    placeholder_values,
    prefix_ids,
)


@blueprint.get("/courses/<course>/lessons/<lesson>")
@public
def lesson(course: str, lesson: str) -> Any:
    """Show a lesson."""
    return _lesson_page(course, lesson, gentle=False)


@blueprint.get("/courses/<course>/lessons/<lesson>/gentler")
@public
def gentler(course: str, lesson: str) -> Any:
    """Show a lesson's gentler version; which of the two people read isn't stored."""
    return _lesson_page(course, lesson, gentle=True)


def _lesson_page(course: str, lesson: str, gentle: bool) -> Any:
    page, content = open_course(course)
    shown = content.lesson_by_id.get(lesson)
    if shown is None or (gentle and shown.gentle_html is None):
        abort(404)
    finished = _just_finished(page, content)
    progress = (page.lessons_done, page.lessons_known, page.enrolment_id is not None)
    due = pages.review_passed(content)
    about = (content.digest, placeholder_values(page.facts), *progress, finished, due)
    return cached_page(about, lambda: make_lesson_page(page, content, shown, gentle, finished, due))


def _just_finished(page: OpenPage, content: Course) -> str | None:
    """Return the message on the lesson that was just finished, unless its reader turned such messages off."""
    last = content.lesson_by_id.get(request.args.get("done", ""))
    if last is None or page.wins_hidden or last.id not in page.lessons_done - page.lessons_known:
        return None
    return pages.finished_message(last)


@blueprint.post("/courses/<course>/lessons/<lesson>/done")
@allow("learn")
def done(course: str, lesson: str) -> Any:
    """Finish a lesson and go on to the next."""
    return _finish(course, lesson, known=False)


@blueprint.post("/courses/<course>/lessons/<lesson>/known")
@allow("learn")
def known(course: str, lesson: str) -> Any:
    """Mark a lesson as already known and go on to the next; it counts as done, but its minutes don't."""
    return _finish(course, lesson, known=True)


def _finish(course: str, lesson: str, known: bool) -> Any:
    page, content, enrolment_id = open_enrolment(course)
    shown = content.lesson_by_id.get(lesson)
    if shown is None or (known and not content.criteria.lessons_required):
        abort(404)
    preload_passed_versions(enrolment_id)
    write(actions.finish_lesson, enrolment_id, lesson, known)
    place = content.lessons.index(shown)
    just_done = None if known or page.wins_hidden else shown.id
    if place + 1 < len(content.lessons):
        onward = content.lessons[place + 1]
        return redirect(url_for("learning.lesson", course=course, lesson=onward.id, done=just_done), 303)
    return redirect(url_for("learning.left", course=course, done=just_done), 303)


@blueprint.get("/courses/<course>/facilitator")
@allow("read facilitator notes")
def facilitator(course: str) -> Any:
    """Show the notes for those who run a course; learners are never sent them."""
    page, content = open_course(course)
    programmes = facilitated_programmes(page.visitor, course)
    if not programmes:
        abort(404)
    modules = [
        (module, prefix_ids(fill_placeholders(module.facilitator, page.facts), module.id))
        for module in content.modules
        if module.facilitator
    ]
    return render_template(
        "learning/facilitator.html",
        here="courses",
        course=content,
        modules=modules,
        packs=[get_programme(programme_id) for programme_id in programmes],
    )


@blueprint.get("/courses/<course>/glossary")
@public
def glossary(course: str) -> Any:
    """Show the glossary of a course in alphabetical order."""
    page, content = open_course(course)
    terms = [(term.term, fill_placeholders(term.meaning, page.facts)) for term in pages.sorted_terms(content.glossary)]
    return render_template("learning/glossary.html", here="courses", course=content, terms=terms)
