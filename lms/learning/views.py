"""What people see while they learn: home, courses, a course, and what is left."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, url_for

from lms.accounts import sees
from lms.accounts.access import allow, meet, public, signed_in, visitor
from lms.accounts.records import get_programme
from lms.accounts.rules import Visitor, may
from lms.content.course import Course
from lms.foundation.db import write
from lms.foundation.words import gettext as _
from lms.learning import actions, pages, records, renewal_pages, runs
from lms.learning.equivalents import list_equivalents
from lms.learning.papers import Paper
from lms.learning.records import Enrolment, OpenPage
from lms.learning.renewal_pages import Newer, Renewing
from lms.learning.renewals import find_pass, find_renewal
from lms.learning.renewing import way_between
from lms.learning.rules import Progress, missing_facts
from lms.library.records import find_newest_digest, list_offerings, list_reviews
from lms.library.rules import missing_reviews
from lms.library.shelf import get_course

rooms = Blueprint("learning", __name__)


def review_words() -> dict[str, str]:
    """Return who reviews courses, in words."""
    return {
        "clinical": _("a mental health professional"),
        "peer": _("an experienced peer supporter"),
        "legal": _("a lawyer"),
    }


def meet_at_course(course_id: str) -> OpenPage:
    """Return what a page of a course needs; who is visiting is known with it."""
    if "course_page" not in g:
        g.course_page = records.open_page(g.session_mark, course_id)
        meet(g.course_page.visitor)
    found: OpenPage = g.course_page
    return found


def open_course(course_id: str) -> tuple[OpenPage, Course]:
    """Return the page's visitor, enrolment and course, or answer 404."""
    page = meet_at_course(course_id)
    if page.digest is None:
        abort(404)
    return page, get_course(page.digest)


def open_enrolment(course_id: str) -> tuple[OpenPage, Course, str]:
    """Return the page, course and enrolment of somebody who has begun; others are led to the course's page."""
    page, course = open_course(course_id)
    if page.enrolment_id is None:
        abort(redirect(url_for("learning.course", course=course_id), 303))
    return page, course, page.enrolment_id


def certificate_of(enrolment_id: str | None) -> dict[str, Any]:
    """Return what stands of an enrolment's certificate, as the room above tells."""
    if enrolment_id is None:
        return {"url": None, "waiting": False, "code": None}
    found: dict[str, Any] = current_app.extensions["lms_certificate_of"](enrolment_id)
    return found


def news_of(enrolment_id: str | None, certificate: dict[str, Any]) -> Any:
    """Return what there is to say of a certificate that stands, as the room above tells."""
    return current_app.extensions["lms_certificate_news"](enrolment_id) if certificate["url"] else None


def opened_of(enrolment_id: str | None, content: Course) -> list[pages.Opened]:
    """Return the check and the conversations that somebody has started and not finished."""
    if enrolment_id is None:
        return []
    renewal = find_renewal(enrolment_id)
    attempt = records.find_open_attempt(renewal.id if renewal else enrolment_id)
    return pages.opened_rows(content, attempt is not None, runs.list_open(enrolment_id))


def renewing_of(enrolment_id: str | None, content: Course, progress: Progress) -> Renewing | None:
    """Return the renewal that is under way on an enrolment, as pages show it."""
    renewal = find_renewal(enrolment_id) if enrolment_id else None
    if renewal is None:
        return None
    way = way_between(get_course(renewal.since), content)
    return renewal_pages.as_shown(content, way, progress, passed=find_pass(renewal.id) is not None)


def newest_of(content: Course) -> Course | None:
    """Return the newest version of a course when it has gone on since a line was begun; a patch is the same line."""
    digest = find_newest_digest(content.id)
    newest = get_course(digest) if digest else content
    return newest if newest.minor_line != content.minor_line else None


def warm(enrolment_id: str) -> None:
    """Read the versions that a decision about a certificate needs, before the write that takes it."""
    for digest in records.list_passed_digests(enrolment_id):
        get_course(digest)


@rooms.get("/")
@public
def home() -> Any:
    """Greet a stranger; somebody who is signed in finds their courses."""
    if visitor():
        return redirect(url_for("learning.courses"), 303)
    courses = [get_course(digest) for _id, digest in records.offered_courses(None)]
    return render_template(
        "learning/home.html", course_count=len(courses), minutes=sum(course.minutes for course in courses)
    )


@rooms.get("/courses")
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
        if enrolment is None or certificate["waiting"]:
            continue
        at = finished_at.get(enrolment.id, enrolment.started_at)
        if not certificate["url"]:
            under_way.append((at, pages.left_off_course(course, progress)))
        elif renewal := find_renewal(enrolment.id):
            under_way.append((max(at, renewal.begun_at), pages.left_off_renewal(course)))
    left_off = _left_off(enrolments, under_way) if enrolments else []
    return render_template(
        "learning/courses.html",
        here="courses",
        greeting=somebody.display_name if somebody else None,
        returning=bool(enrolments),
        left_off=left_off[0] if left_off else None,
        also_open=left_off[1:],
        entries=entries,
        certificates=current_app.extensions["lms_certificates_of"](somebody.person_id) if somebody else [],
        notices=current_app.extensions["lms_operator_notices"]() if somebody and somebody.is_operator else [],
    )


def _left_off(enrolments: list[Enrolment], under_way: list[tuple[datetime, pages.LeftOff]]) -> list[pages.LeftOff]:
    """Return where somebody left off, and after it the other conversations and checks they have open.

    `under_way` are the courses and renewals they are in the middle of. They left off at one of these when they
    touched no open conversation or check since.
    """
    course_ids = {row.id: row.course_id for row in enrolments}
    open_things: list[tuple[datetime, pages.LeftOff]] = []
    for run in runs.list_open_runs(course_ids):
        with suppress(LookupError):  # This version of the site can't read the course any more, or it has no such talk.
            course = get_course(run.digest)
            talk = course.conversation_by_id[run.conversation_id]
            open_things.append((run.touched_at, pages.left_off_conversation(course, talk)))
    for attempt, touched_at in records.list_open_attempts(course_ids):
        with suppress(LookupError):
            paper = Paper(attempt, None, {})
            url = url_for("learning.question", attempt=attempt.public_id, number=paper.first_unanswered)
            if records.wants_check_on_one_page(signed_in().person_id):
                url = url_for("learning.check_all", attempt=attempt.public_id)
            open_things.append((touched_at, pages.left_off_check(paper.course, url, paper.marks)))
    newest = max([*under_way, *open_things], key=lambda found: found[0], default=None)
    others = sorted(open_things, key=lambda found: found[0], reverse=True)
    return [newest[1], *(thing for _at, thing in others if thing is not newest[1])] if newest else []


def _entry(
    number: int, course: Course, begun: bool, progress: Progress, certificate: dict[str, Any], news: Any
) -> dict[str, Any]:
    if news:
        state, state_text = news.mark, news.in_short
    elif certificate["url"] or certificate["waiting"]:
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


@rooms.get("/courses/<course>")
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
    if certificate["url"]:
        next_url, next_text = certificate["url"], _("See your certificate")
    if renewing:
        next_url, next_text = renewing.next_url, _("Continue renewing")
    runs_it = may_facilitate(page.visitor, course)
    opened = opened_of(page.enrolment_id, content)
    return render_template(
        "learning/course.html",
        here="courses",
        course=content,
        course_html=pages.dress(content.html, page.facts),
        enrolled=page.enrolment_id is not None,
        signed_in=page.visitor is not None,
        may_enrol=_may_begin(page, content),
        waits_for=_facts_waited_for(page, content),
        path=pages.path_of(
            content,
            progress,
            page.enrolment_id is not None,
            certificate["url"],
            renewing.way if renewing else None,
            frozenset(one.url for one in opened),
        ),
        opened=opened,
        lessons_done=len(progress.lessons & content.lesson_by_id.keys()),
        renewing=renewing,
        news=news_of(page.enrolment_id, certificate),
        code=certificate["code"],
        newer=_newer(page, content, progress) if not certificate["code"] else None,
        asked=renewing.rows if renewing else pages.asked_rows(content, progress),
        sees={"columns": sees.COLUMNS(), "rows": [row[:2] for row in sees.rows_of_sight()]},
        notes_text=content.content_note,
        reviews=[{"role_text": words[r.role], "name": r.name, "date": r.date} for r in reviews],
        review_missing=[words[role] for role in missing],
        held=bool(page.programme_id) and current_app.extensions["lms_is_held"](page.programme_id, content.digest),
        lead_text=pages.fact_words(page.facts)[0],
        certificate_url=certificate["url"],
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


def may_facilitate(somebody: Visitor | None, course_id: str) -> bool:
    """Decide whether somebody runs sessions, or coordinates them, in a programme that offers the course."""
    return bool(facilitated_programmes(somebody, course_id))


def facilitated_programmes(somebody: Visitor | None, course_id: str) -> list[str]:
    """Return the programmes that offer the course in which somebody runs sessions, or coordinates them."""
    if not may(somebody, "read facilitator notes"):
        return []
    offered = {offering.programme_id for offering in list_offerings(course_id)}
    return sorted(one for one in offered if may(somebody, "read facilitator notes", one))


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


@rooms.post("/courses/<course>/enrol")
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


@rooms.get("/courses/<course>/left")
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
        certificate_url=certificate["url"],
        waiting_review=certificate["waiting"],
        lesson_url=pages.lesson_path(content, unfinished) if unfinished else None,
        lessons_done=len(progress.lessons),
        lessons_count=len(content.lessons),
        notices=[pages.finished_words(last)] if last and told else [],
        otherwise=pages.otherwise_rows(content, list_equivalents(enrolment_id)),
        observed=current_app.extensions["lms_way_to_practise"](enrolment_id),
        course_url=url_for("learning.course", course=content.id),
    )
