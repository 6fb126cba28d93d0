"""A course’s page, starting it, and what is left until its certificate."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for

from lms.accounts.access import allow, public, signed_in
from lms.accounts.personal_data import data_visibility
from lms.accounts.records import find_programmes
from lms.accounts.rules import Visitor, may
from lms.content.model.course import Course
from lms.foundation import clock
from lms.foundation.db import write
from lms.foundation.hooks import CourseCertificate, hooks
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import settings
from lms.learning.blueprint import blueprint
from lms.learning.practice import records as practice_records
from lms.learning.progress import actions, pages, records, renewal_pages
from lms.learning.progress.access import (
    certificate_of,
    may_facilitate,
    newest_of,
    news_of,
    open_course,
    open_enrolment,
    renewal_progress_of,
)
from lms.learning.progress.attempt_records import find_open_attempt
from lms.learning.progress.equivalents import list_equivalents
from lms.learning.progress.left_off_pages import (
    OpenItem,
    open_item_rows,
)
from lms.learning.progress.open_page_records import OpenPage
from lms.learning.progress.path_pages import path_of
from lms.learning.progress.placeholders import fill_placeholders, placeholder_values
from lms.learning.progress.renewal_pages import NewerVersion, RenewalProgress
from lms.learning.progress.renewal_records import find_renewal
from lms.learning.progress.rules import Progress, missing_facts
from lms.library.records import find_closing, list_offering_among, list_reviews
from lms.library.rules import missing_reviews, needed_reviews, passed_dates


def review_words() -> dict[str, str]:
    """Return who reviews courses, in words."""
    return {
        "clinical": _("a mental health professional"),
        "peer": _("an experienced peer supporter"),
        "legal": _("a lawyer"),
    }


def open_items_of(enrolment_id: str | None, content: Course) -> list[OpenItem]:
    """Return the check and the conversations that somebody has started and not finished."""
    if enrolment_id is None:
        return []
    renewal = find_renewal(enrolment_id)
    attempt = find_open_attempt(renewal.id if renewal else enrolment_id)
    return open_item_rows(content, attempt is not None, practice_records.list_open(enrolment_id))


@blueprint.get("/courses/<course>")
@public
def course(course: str) -> Any:
    """Show what a course covers, its path, what its certificate asks for and who sees what."""
    page, content = open_course(course)
    progress = records.progress_of(page.enrolment_id) if page.enrolment_id else Progress()
    certificate = certificate_of(page.enrolment_id)
    renewing = renewal_progress_of(page.enrolment_id, content, progress)
    newer = _newer(page, content, progress) if not certificate.code else None
    next_url, next_text = _next_step(content, progress, certificate, renewing, newer)
    runs_it = may_facilitate(page.visitor, course)
    opened = open_items_of(page.enrolment_id, content)
    held = page.programme_id is not None and hooks().waits_for_review(page.programme_id, content.digest)
    return render_template(
        "learning/course.html",
        here="courses",
        course=content,
        course_html=fill_placeholders(content.html, page.facts),
        enrolled=page.enrolment_id is not None,
        signed_in=page.visitor is not None,
        may_enrol=_may_begin(page, content),
        waits_for=_facts_waited_for(page, content),
        of_you=hooks().list_asked(page.visitor.person_id, course) if page.visitor and page.visitor.roles else [],
        path=path_of(
            content,
            progress,
            page.enrolment_id is not None,
            certificate.url,
            renewing.scope if renewing else None,
            frozenset(one.url for one in opened),
            waits=held,
        ),
        opened=opened,
        lessons_done=len(progress.lessons & content.lesson_by_id.keys()),
        renewing=renewing,
        news=news_of(page.enrolment_id, certificate),
        code=certificate.code,
        newer=newer,
        asked=renewing.rows if renewing else pages.requirement_rows(content, progress),
        sees={"columns": data_visibility.COLUMNS(), "rows": [row[:2] for row in data_visibility.visibility_rows()]},
        notes_text=content.content_note,
        **_reviews(content),
        review_passed=pages.review_passed(content),
        laws_to_check=[due.place for due in passed_dates(content, clock.today(settings().timezone)) if due.place],
        held=held,
        lead_text=placeholder_values(page.facts)[0],
        certificate_url=certificate.url,
        next_url=next_url,
        next_text=next_text,
        feedback_pages=_feedback_pages(page.visitor, course),
        facilitator=runs_it and any(module.facilitator for module in content.modules),
        runs_it=runs_it,
    )


def _next_step(
    content: Course,
    progress: Progress,
    certificate: CourseCertificate,
    renewing: RenewalProgress | None,
    newer: NewerVersion | None,
) -> tuple[str, str]:
    """Return the address and the words of the button at the top of a course's page."""
    if renewing:
        return renewing.next_url, _("Continue your renewal")
    if certificate.url:
        return certificate.url, _("See your certificate")
    if newer and newer.is_closed:
        return "#newer", _("Continue with version %(version)s", version=newer.version)
    return pages.next_step(content, progress)


def _reviews(content: Course) -> dict[str, Any]:
    """Return who has reviewed this version of a course, and which reviews are missing."""
    words, reviews = review_words(), list_reviews(content.id, content.digest)
    missing = missing_reviews(needed_reviews(content), {review.role for review in reviews})
    return {
        "reviews": [{"role_text": words[row.role], "name": row.name, "date": row.date} for row in reviews],
        "review_missing": [words[role] for role in missing],
    }


def _newer(page: OpenPage, content: Course, progress: Progress) -> NewerVersion | None:
    """Return what moving to the newest version would mean for somebody on an earlier one."""
    newest = newest_of(content) if page.enrolment_id else None
    if newest is None:
        return None
    closing = find_closing(content.id, content.minor_line)
    today = clock.today(settings().timezone)
    return renewal_pages.newer_version(content, newest, progress, closing.closes_on if closing else None, today)


def _feedback_pages(somebody: Visitor | None, course_id: str) -> list[tuple[str, str]]:
    """Return the feedback pages that a trainer may read, in each programme that offers the course."""
    roles = somebody.roles if somebody else ()
    mine = [programme_id for programme_id in roles if may(somebody, "read feedback", programme_id)]
    programmes = find_programmes(list_offering_among(course_id, mine)) if mine else {}
    return [
        (url_for("learning.read_feedback", programme=row.slug, course=course_id), row.name)
        for _id, row in sorted(programmes.items())
    ]


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
    """Start a course, and open its first lesson."""
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
    """Show what the certificate still asks for, each with a link."""
    page, content, enrolment_id = open_enrolment(course)
    progress = records.progress_of(enrolment_id)
    renewing = renewal_progress_of(enrolment_id, content, progress)
    asked = renewing.rows if renewing else pages.requirement_rows(content, progress)
    certificate = certificate_of(enrolment_id)
    news = news_of(enrolment_id, certificate)
    unfinished = pages.first_unfinished_lesson(content, progress)
    last = content.lesson_by_id.get(request.args.get("done", ""))
    congratulate = last is not None and not page.wins_hidden and last.id in page.lessons_done - page.lessons_known
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
        waits_for_name=certificate.waits_for_name,
        lesson_url=pages.lesson_path(content, unfinished) if unfinished else None,
        lessons_done=len(progress.lessons),
        lessons_count=len(content.lessons),
        notices=[pages.finished_message(last)] if last and congratulate else [],
        otherwise=pages.equivalent_rows(content, list_equivalents(enrolment_id)),
        observed=hooks().find_readiness(enrolment_id),
        course_url=url_for("learning.course", course=content.id),
    )
