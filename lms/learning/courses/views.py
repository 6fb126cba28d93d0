"""What people see while they learn: home, courses, a course, and what is left."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from flask import abort, redirect, render_template, request, url_for

from lms.accounts.access import allow, public, signed_in, visitor
from lms.accounts.personal_data import data_visibility
from lms.accounts.records import get_programme
from lms.accounts.rules import Visitor, may
from lms.content.model.course import Course
from lms.foundation.db import write
from lms.foundation.hooks import CertificateNews, CourseCertificate, hooks
from lms.foundation.text.i18n import gettext as _
from lms.learning.blueprint import blueprint
from lms.learning.check.attempt import CheckAttempt
from lms.learning.practice import records as practice_records
from lms.learning.progress import actions, pages, records, renewal_pages
from lms.learning.progress.access import (
    certificate_of,
    may_facilitate,
    newest_of,
    news_of,
    open_course,
    open_enrolment,
    renewing_of,
)
from lms.learning.progress.attempt_records import find_open_attempt, list_open_attempts, wants_check_on_one_page
from lms.learning.progress.equivalents import list_equivalents
from lms.learning.progress.left_off_pages import (
    LeftOff,
    Opened,
    left_off_check,
    left_off_conversation,
    left_off_course,
    left_off_renewal,
    opened_rows,
)
from lms.learning.progress.open_page_records import OpenPage
from lms.learning.progress.path_pages import path_of
from lms.learning.progress.placeholders import fact_words, fill_placeholders
from lms.learning.progress.records import Enrolment
from lms.learning.progress.renewal_pages import Newer
from lms.learning.progress.renewal_records import find_renewal
from lms.learning.progress.rules import Progress, missing_facts
from lms.library.course_cache import get_course
from lms.library.records import list_offerings, list_reviews
from lms.library.rules import missing_reviews


def review_words() -> dict[str, str]:
    """Return who reviews courses, in words."""
    return {
        "clinical": _("a mental health professional"),
        "peer": _("an experienced peer supporter"),
        "legal": _("a lawyer"),
    }


def opened_of(enrolment_id: str | None, content: Course) -> list[Opened]:
    """Return the check and the conversations that somebody has started and not finished."""
    if enrolment_id is None:
        return []
    renewal = find_renewal(enrolment_id)
    attempt = find_open_attempt(renewal.id if renewal else enrolment_id)
    return opened_rows(content, attempt is not None, practice_records.list_open(enrolment_id))


@blueprint.get("/")
@public
def home() -> Any:
    """Greet a stranger; somebody who is signed in finds their courses."""
    if visitor():
        return redirect(url_for("learning.courses"), 303)
    courses = [get_course(digest) for _id, digest in records.offered_courses(None)]
    return render_template(
        "learning/home.html", course_count=len(courses), minutes=sum(course.minutes for course in courses)
    )


@blueprint.get("/courses")
@public
def courses() -> Any:
    """Show where somebody left off, all courses, and the certificates they hold."""
    somebody = visitor()
    enrolments = records.list_enrolments(somebody.person_id) if somebody else []
    enrolments = [row for row in enrolments if somebody and row.programme_id in somebody.roles]
    enrolment_by_course = {row.course_id: row for row in enrolments}
    finished_at = records.last_finished([row.id for row in enrolments]) if enrolments else {}
    entries, under_way = [], []
    for number, (course_id, digest) in enumerate(records.offered_courses(somebody), 1):
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
        greeting=somebody.display_name if somebody else None,
        returning=bool(enrolments),
        left_off=left_off[0] if left_off else None,
        also_open=left_off[1:],
        entries=entries,
        certificates=hooks().list_certificates(somebody.person_id) if somebody else [],
        notices=hooks().operator_notices() if somebody and somebody.is_operator else [],
    )


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


@blueprint.get("/courses/<course>")
@public
def course(course: str) -> Any:
    """Show what a course covers, its path, what its certificate asks for and who sees what."""
    page, content = open_course(course)
    progress = records.progress_of(page.enrolment_id) if page.enrolment_id else Progress()
    certificate = certificate_of(page.enrolment_id)
    reviews = list_reviews(content.id, content.digest)
    words = review_words()
    missing = missing_reviews(words, {review.role for review in reviews})
    renewing = renewing_of(page.enrolment_id, content, progress)
    next_url, next_text = pages.next_thing(content, progress)
    if certificate.url:
        next_url, next_text = certificate.url, _("See your certificate")
    if renewing:
        next_url, next_text = renewing.next_url, _("Continue renewing")
    runs_it = may_facilitate(page.visitor, course)
    opened = opened_of(page.enrolment_id, content)
    return render_template(
        "learning/course.html",
        here="courses",
        course=content,
        course_html=fill_placeholders(content.html, page.facts),
        enrolled=page.enrolment_id is not None,
        signed_in=page.visitor is not None,
        may_enrol=_may_begin(page, content),
        waits_for=_facts_waited_for(page, content),
        path=path_of(
            content,
            progress,
            page.enrolment_id is not None,
            certificate.url,
            renewing.scope if renewing else None,
            frozenset(one.url for one in opened),
        ),
        opened=opened,
        lessons_done=len(progress.lessons & content.lesson_by_id.keys()),
        renewing=renewing,
        news=news_of(page.enrolment_id, certificate),
        code=certificate.code,
        newer=_newer(page, content, progress) if not certificate.code else None,
        asked=renewing.rows if renewing else pages.asked_rows(content, progress),
        sees={"columns": data_visibility.COLUMNS(), "rows": [row[:2] for row in data_visibility.rows_of_sight()]},
        notes_text=content.content_note,
        reviews=[{"role_text": words[r.role], "name": r.name, "date": r.date} for r in reviews],
        review_missing=[words[role] for role in missing],
        held=page.programme_id is not None and hooks().waits_for_review(page.programme_id, content.digest),
        lead_text=fact_words(page.facts)[0],
        certificate_url=certificate.url,
        next_url=next_url,
        next_text=next_text,
        remark_pages=_remark_pages(page.visitor, course),
        facilitator=runs_it and any(module.facilitator for module in content.modules),
        runs_it=runs_it,
    )


def _newer(page: OpenPage, content: Course, progress: Progress) -> Newer | None:
    """Return what going on with the newest version would mean for somebody who is in the middle of an earlier one."""
    newest = newest_of(content) if page.enrolment_id else None
    return renewal_pages.newer_than(content, newest, progress) if newest else None


def _remark_pages(somebody: Visitor | None, course_id: str) -> list[tuple[str, str]]:
    """Return where a trainer reads what was said of the lessons, in each programme that offers the course."""
    if not may(somebody, "read remarks"):
        return []
    offered = [row.programme_id for row in list_offerings(course_id) if may(somebody, "read remarks", row.programme_id)]
    programmes = [get_programme(programme_id) for programme_id in offered]
    return [(url_for("learning.read_remarks", programme=row.slug, course=course_id), row.name) for row in programmes]


def _facts_waited_for(page: OpenPage, content: Course) -> list[str]:
    words = {
        "lead": _("the name of its lead"),
        "emergency": _("its emergency number"),
        "limits_statement": _("its own limits statement"),
    }
    return [words[name] for name in missing_facts(content, page.facts)] if page.programme_id else []


def _may_begin(page: OpenPage, content: Course) -> bool:
    member = page.visitor is not None and page.programme_id is not None
    return member and not missing_facts(content, page.facts)


@blueprint.post("/courses/<course>/enrol")
@allow("learn")
def enrol(course: str) -> Any:
    """Begin a course, and open its first lesson."""
    page, content = open_course(course)
    if page.enrolment_id is None:
        if page.programme_id is None:
            abort(404)
        if not _may_begin(page, content):
            return redirect(url_for("learning.course", course=course), 303)
        write(actions.enrol, signed_in().person_id, page.programme_id, content)
    return redirect(pages.lesson_path(content, content.lessons[0]), 303)


@blueprint.get("/courses/<course>/left")
@allow("learn")
def left(course: str) -> Any:
    """Show what the certificate still asks for, each with its way there."""
    page, content, enrolment_id = open_enrolment(course)
    progress = records.progress_of(enrolment_id)
    renewing = renewing_of(enrolment_id, content, progress)
    asked = renewing.rows if renewing else pages.asked_rows(content, progress)
    certificate = certificate_of(enrolment_id)
    news = news_of(enrolment_id, certificate)
    unfinished = pages.first_open(content, progress)
    last = content.lesson_by_id.get(request.args.get("done", ""))
    told = last is not None and not page.wins_hidden and last.id in page.lessons_done - page.lessons_known
    return render_template(
        "learning/left.html",
        here="courses",
        course=content,
        renewing=renewing,
        until=news.until if renewing and news else None,
        asked=asked,
        left=[row for row in asked if not row["met"]],
        certificate_url=certificate.url,
        waiting_review=certificate.waiting,
        lesson_url=pages.lesson_path(content, unfinished) if unfinished else None,
        lessons_done=len(progress.lessons),
        lessons_count=len(content.lessons),
        notices=[pages.finished_words(last)] if last and told else [],
        otherwise=pages.otherwise_rows(content, list_equivalents(enrolment_id)),
        observed=hooks().find_readiness(enrolment_id),
        course_url=url_for("learning.course", course=content.id),
    )
