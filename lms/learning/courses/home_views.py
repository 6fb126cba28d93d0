"""The home page, and the list of courses with where somebody left off."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from flask import redirect, render_template, url_for

from lms.accounts.access import public, signed_in, visitor
from lms.accounts.rules import Visitor
from lms.accounts.second_factor.due import due_notices
from lms.content.model.course import Course
from lms.foundation.hooks import AskedCourse, CertificateNews, CourseCertificate, hooks
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.page_cache import cached_page
from lms.learning.blueprint import blueprint
from lms.learning.check.attempt import CheckAttempt
from lms.learning.practice import records as practice_records
from lms.learning.progress import records
from lms.learning.progress.access import (
    certificate_of,
    news_of,
)
from lms.learning.progress.attempt_records import list_open_attempts, wants_check_on_one_page
from lms.learning.progress.left_off_pages import (
    LeftOff,
    left_off_check,
    left_off_conversation,
    left_off_course,
    left_off_renewal,
)
from lms.learning.progress.records import Enrolment
from lms.learning.progress.renewal_records import find_renewal
from lms.learning.progress.rules import Progress
from lms.library.course_cache import get_course


@blueprint.get("/")
@public
def home() -> Any:
    """Show the start page; redirect people who are signed in to their courses, or to the site that they run."""
    somebody = visitor()
    if somebody and somebody.operator and not somebody.roles:
        return redirect(url_for("coordination.site_home"), 303)
    if somebody:
        return redirect(url_for("learning.courses"), 303)
    offered = records.offered_courses(None)

    def make() -> str:
        courses = [get_course(digest) for _id, digest in offered]
        minutes = sum(course.minutes for course in courses)
        return render_template("learning/home.html", course_count=len(courses), minutes=minutes)

    return cached_page(tuple(offered), make)


@blueprint.get("/courses")
@public
def courses() -> Any:
    """Show where somebody left off, all courses, and the certificates they hold."""
    somebody = visitor()
    return _own_courses(somebody) if somebody else _open_courses()


def _open_courses() -> Any:
    """Show somebody who isn't signed in all courses that are open to everybody."""
    offered = records.offered_courses(None)

    def make() -> str:
        courses = [get_course(digest) for _id, digest in offered]
        entries = [
            _entry(number, course, False, Progress(), CourseCertificate(), None)
            for number, course in enumerate(courses, 1)
        ]
        return render_template("learning/courses.html", here="courses", entries=entries)

    return cached_page(tuple(offered), make)


def _own_courses(somebody: Visitor) -> str:
    enrolments = [row for row in records.list_enrolments(somebody.person_id) if row.programme_id in somebody.roles]
    enrolment_by_course = {row.course_id: row for row in enrolments}
    lines = {row.course_id: row.minor_line for row in enrolments}
    finished_at = records.last_finished([row.id for row in enrolments]) if enrolments else {}
    entries, under_way = [], []
    for number, (course_id, digest) in enumerate(records.offered_courses(somebody, lines), 1):
        course = get_course(digest)
        enrolment = enrolment_by_course.get(course_id)
        progress = records.progress_of(enrolment.id) if enrolment else Progress()
        certificate = certificate_of(enrolment.id if enrolment else None)
        news = news_of(enrolment.id, certificate) if enrolment else None
        entries.append(_entry(number, course, enrolment is not None, progress, certificate, news))
        if enrolment is None or certificate.waiting:
            continue
        at = finished_at.get(enrolment.id, enrolment.started_at)
        if not certificate.url:
            under_way.append((at, left_off_course(course, progress)))
        elif renewal := find_renewal(enrolment.id):
            under_way.append((max(at, renewal.begun_at), left_off_renewal(course)))
    left_off = _left_off(enrolments, under_way) if enrolments else []
    return render_template(
        "learning/courses.html",
        here="courses",
        greeting=somebody.display_name,
        returning=bool(enrolments),
        left_off=left_off[0] if left_off else None,
        also_open=left_off[1:],
        entries=entries,
        asked=_asked_of(somebody, {entry["id"]: entry["title"] for entry in entries}),
        certificates=hooks().list_certificates(somebody.person_id),
        notices=[*(hooks().operator_notices() if somebody.is_operator else []), *due_notices(somebody)],
    )


def _asked_of(somebody: Visitor, titles: dict[str, str]) -> list[tuple[str, AskedCourse]]:
    """Return (course title, what a programme asks) for what isn't completed; members of no programme cost nothing."""
    found = hooks().list_asked(somebody.person_id, None) if somebody.roles else []
    return [(titles[one.course_id], one) for one in found if one.course_id in titles]


def _left_off(enrolments: list[Enrolment], under_way: list[tuple[datetime, LeftOff]]) -> list[LeftOff]:
    """Return where somebody left off, and after it the other conversations and checks they have open.

    `under_way` are the courses and renewals they are in the middle of. They left off at one of these when they
    touched no open conversation or check since.
    """
    course_ids = {row.id: row.course_id for row in enrolments}
    open_things: list[tuple[datetime, LeftOff]] = []
    for run in practice_records.list_open_runs(course_ids):
        with suppress(LookupError):  # This site may no longer read the course, or know the conversation.
            course = get_course(run.digest)
            conversation = course.conversation_by_id[run.conversation_id]
            open_things.append((run.touched_at, left_off_conversation(course, conversation)))
    for attempt, touched_at in list_open_attempts(course_ids):
        with suppress(LookupError):
            check_attempt = CheckAttempt(attempt, None, {})
            url = url_for("learning.question", attempt=attempt.public_id, number=check_attempt.first_unanswered)
            if wants_check_on_one_page(signed_in().person_id):
                url = url_for("learning.check_all", attempt=attempt.public_id)
            open_things.append((touched_at, left_off_check(check_attempt.course, url, check_attempt.marks)))
    newest = max([*under_way, *open_things], key=lambda found: found[0], default=None)
    others = sorted(open_things, key=lambda found: found[0], reverse=True)
    return [newest[1], *(thing for _at, thing in others if thing is not newest[1])] if newest else []


def _entry(
    number: int,
    course: Course,
    begun: bool,
    progress: Progress,
    certificate: CourseCertificate,
    news: CertificateNews | None,
) -> dict[str, Any]:
    if news:
        state, state_text = news.mark, news.in_short
    elif certificate.url or certificate.waiting:
        state, state_text = "ok", _("Done")
    elif begun:
        state, state_text = "go", _("%(done)s of %(all)s lessons", done=len(progress.lessons), all=len(course.lessons))
    else:
        state, state_text = "none", _("Not started")
    return {
        "id": course.id,
        "code": course.code,
        "number": number,
        "title": course.title,
        "summary": course.summary,
        "url": url_for("learning.course", course=course.id),
        "minutes": course.minutes,
        "lessons": len(course.lessons),
        "conversations": len(course.conversations),
        "state": state,
        "state_text": state_text,
    }
