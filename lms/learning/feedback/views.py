"""Pages for lesson feedback: sending it, and reading and answering it as the course's author."""

from __future__ import annotations

import hmac
import re
import secrets
import threading
from collections import Counter
from typing import Any

from flask import abort, g, make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow, public, this_programme
from lms.content.model.course import Course, Lesson
from lms.foundation import clock, ids
from lms.foundation.db import write
from lms.foundation.per_app import get_or_make
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import settings
from lms.learning.blueprint import blueprint
from lms.learning.feedback import records as feedback_records
from lms.learning.feedback.forms import FeedbackForm, ReplyForm
from lms.learning.feedback.pages import Comment, beside
from lms.learning.feedback.places import headings_of
from lms.learning.progress import pages
from lms.learning.progress.access import open_course, open_enrolment
from lms.learning.progress.open_page_records import OpenPage
from lms.library.course_cache import get_course
from lms.library.records import find_bundle, find_newest_digest, find_offering, list_texts

SLIP = re.compile(r"[A-Za-z0-9_-]{16}")
IN_AN_HOUR = 12


class Remembered:
    """Counts the feedback of each session within the hour, in this process's memory only."""

    def __init__(self) -> None:
        self._key, self._hour, self._lock = secrets.token_bytes(32), -1, threading.Lock()
        self._counts: Counter[bytes] = Counter()

    def enough(self, session_mark: str) -> bool:
        """Count one more, and return whether that is over the limit of an hour."""
        hour = int(clock.now().timestamp()) // 3600
        with self._lock:
            if hour != self._hour:
                # A new key each hour: what was counted before cannot be told again, not even from memory.
                self._key, self._hour, self._counts = secrets.token_bytes(32), hour, Counter()
            mark = hmac.digest(self._key, session_mark.encode(), "sha256")
            self._counts[mark] += 1
            return self._counts[mark] > IN_AN_HOUR


def _lesson_of(course: Course, lesson: str) -> Lesson:
    found = course.lesson_by_id.get(lesson)
    if found is None:
        abort(404)
    return found


def _answers_for(page: OpenPage, course: Course, lesson: Lesson) -> list[feedback_records.FeedbackReply]:
    """Return the replies of this reader's programme; strangers see those of programmes with open lessons."""
    if page.programme_id is None:
        return feedback_records.list_open_answers(course.id, lesson.id)
    return feedback_records.list_answers([page.programme_id], course.id, lesson.id)


@blueprint.get("/courses/<course>/lessons/<lesson>/remarks")
@public
def feedback(course: str, lesson: str) -> Any:
    """Show the authors' replies on a lesson, and the feedback form to people who take the course."""
    page, content = open_course(course)
    return _feedback_page(page, content, _lesson_of(content, lesson), FeedbackForm(), ids.public_id())


def _feedback_page(page: OpenPage, content: Course, shown: Lesson, form: FeedbackForm, slip: str) -> Any:
    form.offer(headings_of(shown))
    thanks = _("Thank you. We’ve sent it to the authors without your name. If they reply, you’ll see it on this page.")
    full = _("This lesson has had a lot of feedback this week, so we couldn’t save yours. Please come back next week.")
    told = {"yes": thanks, "later": full}.get(request.args.get("sent", ""))
    body = render_template(
        "learning/feedback.html",
        here="courses",
        course=content,
        lesson=shown,
        form=form,
        slip=slip,
        enrolled=page.enrolment_id is not None,
        answers=_answers_for(page, content, shown),
        lesson_url=pages.lesson_path(content, shown),
        course_url=url_for("learning.course", course=content.id),
        notices=[told] if told else [],
    )
    return make_response(body, 422 if form.errors else 200)


@blueprint.post("/courses/<course>/lessons/<lesson>/remarks")
@allow("learn")
def send_feedback(course: str, lesson: str) -> Any:
    """Save feedback without who sent it."""
    page, content, _enrolment = open_enrolment(course)
    shown = _lesson_of(content, lesson)
    form, slip = FeedbackForm(request.form), request.form.get("slip", "")
    if not SLIP.fullmatch(slip):
        slip = ids.public_id()
    if not form.validate():
        return _feedback_page(page, content, shown, form, slip)
    form.offer(headings_of(shown))
    remembered = get_or_make(Remembered)
    kept = not remembered.enough(g.session_mark) and write(
        feedback_records.add_feedback,
        slip,
        page.programme_id or "",
        content.id,
        shown.id,
        form.said.data,
        form.words.data or "",
        clock.today(settings().timezone),
        form.about.data or "",
    )
    sent = "yes" if kept else "later"
    return redirect(url_for("learning.feedback", course=content.id, lesson=shown.id, sent=sent), 303)


def _offered_here(course: str) -> Course:
    digest = find_newest_digest(course)
    if digest is None or find_offering(this_programme().id, course) is None:
        abort(404)
    return get_course(digest)


@blueprint.get("/programmes/<programme>/courses/<course>/remarks")
@allow("read feedback")
def read_feedback(programme: str, course: str) -> Any:
    """Show the authors the feedback on each lesson, with its file, and their replies."""
    return _authors_page(_offered_here(course), ReplyForm(), request.args.get("lesson", ""))


def _comments(content: Course) -> dict[str, list[Comment]]:
    """Return the comments on each lesson in the order of its text, which is looked up where one is about a part."""
    today = clock.today(settings().timezone)
    by_lesson: dict[str, list[feedback_records.Feedback]] = {}
    for row in feedback_records.list_released(this_programme().id, content.id, today):
        by_lesson.setdefault(row.lesson_id, []).append(row)
    bundle = find_bundle(content.digest)
    shas = {
        lesson.id: bundle.manifest[lesson.path]
        for lesson in content.lessons
        if bundle and any(row.heading for row in by_lesson.get(lesson.id, ()))
    }
    texts = list_texts(list(shas.values()))
    return {id: beside(rows, texts.get(shas.get(id, ""), b"").decode()) for id, rows in by_lesson.items()}


def _authors_page(content: Course, form: ReplyForm, lesson_id: str = "") -> Any:
    mine = this_programme()
    titles = {lesson.id: (lesson.title, lesson.path) for lesson in content.lessons}
    by_lesson = _comments(content)
    answered = feedback_records.list_answers([mine.id], content.id)
    order = [*titles, *(lesson for lesson in by_lesson if lesson not in titles)]
    body = render_template(
        "learning/read_feedback.html",
        here="courses",
        course=content,
        programme=mine,
        form=form,
        lesson_id=lesson_id,
        choices=[(lesson.id, lesson.title) for lesson in content.lessons],
        lessons=[
            (lesson, *titles.get(lesson, (lesson, "")), by_lesson[lesson]) for lesson in order if lesson in by_lesson
        ],
        answers=[(titles.get(row.lesson_id, (row.lesson_id, ""))[0], row) for row in answered],
        opened_by=feedback_records.OPENED_BY,
        notices=[_("Published. Everyone who reads the lesson can see your reply.")]
        if request.args.get("answered")
        else [],
    )
    return make_response(body, 422 if form.errors else 200)


@blueprint.post("/programmes/<programme>/courses/<course>/remarks")
@allow("read feedback")
def reply_to_feedback(programme: str, course: str) -> Any:
    """Publish a reply for everybody who reads a lesson."""
    content, form = _offered_here(course), ReplyForm(request.form)
    lesson_id = request.form.get("lesson", "")
    if not form.validate() or lesson_id not in content.lesson_by_id:
        return _authors_page(content, form, lesson_id)
    today = clock.today(settings().timezone)
    told = (form.heard.data or "", form.changed.data or "")
    write(feedback_records.answer, this_programme().id, content.id, lesson_id, *told, today)
    return redirect(url_for("learning.read_feedback", programme=programme, course=course, answered="yes"), 303)


@blueprint.post("/programmes/<programme>/courses/<course>/remarks/<remark_answer>/take-back")
@allow("read feedback")
def withdraw_reply(programme: str, course: str, remark_answer: str) -> Any:
    """Delete a reply; deleting it again changes nothing."""
    _offered_here(course)
    write(feedback_records.take_back, this_programme().id, remark_answer)
    return redirect(url_for("learning.read_feedback", programme=programme, course=course), 303)
