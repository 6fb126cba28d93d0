"""Who is visiting a course's page, what they have there, and what they may do."""

from __future__ import annotations

from flask import abort, g, redirect, url_for

from lms.accounts.access import meet
from lms.accounts.rules import Visitor, may
from lms.content.model.course import Course
from lms.foundation.hooks import CertificateNews, CourseCertificate, hooks
from lms.learning.progress import renewal_pages
from lms.learning.progress.attempt_records import list_passed_digests
from lms.learning.progress.open_page_records import OpenPage, open_page
from lms.learning.progress.renewal_pages import RenewalProgress
from lms.learning.progress.renewal_records import find_pass, find_renewal
from lms.learning.progress.renewal_rules import renewal_scope
from lms.learning.progress.rules import Progress
from lms.library.course_cache import get_course
from lms.library.records import find_newest_digest, list_offering_among


def meet_at_course(course_id: str) -> OpenPage:
    """Return what a page of a course needs, and remember who is visiting."""
    if "course_page" not in g:
        g.course_page = open_page(g.session_mark, course_id)
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
    """Return the page, course and enrolment of somebody who has started; redirect others to the course's page."""
    page, course = open_course(course_id)
    if page.enrolment_id is None:
        abort(redirect(url_for("learning.course", course=course_id), 303))
    return page, course, page.enrolment_id


def certificate_of(enrolment_id: str | None) -> CourseCertificate:
    """Return an enrolment's certificate; an empty one when there is none."""
    return hooks().find_certificate(enrolment_id) if enrolment_id else CourseCertificate()


def news_of(enrolment_id: str | None, certificate: CourseCertificate) -> CertificateNews | None:
    """Return the news about a certificate that has been issued, such as that it expires soon."""
    return hooks().find_certificate_news(enrolment_id) if enrolment_id and certificate.url else None


def renewal_progress_of(enrolment_id: str | None, content: Course, progress: Progress) -> RenewalProgress | None:
    """Return the renewal that is under way on an enrolment, as pages show it."""
    renewal = find_renewal(enrolment_id) if enrolment_id else None
    if renewal is None:
        return None
    scope = renewal_scope(get_course(renewal.since), content)
    return renewal_pages.as_shown(content, scope, progress, passed=find_pass(renewal.id) is not None)


def newest_of(content: Course) -> Course | None:
    """Return the newest version of a course if its minor line differs from this one."""
    digest = find_newest_digest(content.id)
    newest = get_course(digest) if digest else content
    return newest if newest.minor_line != content.minor_line else None


def preload_passed_versions(enrolment_id: str) -> None:
    """Read the versions that a decision about a certificate needs, before the write that takes it."""
    for digest in list_passed_digests(enrolment_id):
        get_course(digest)


def may_facilitate(somebody: Visitor | None, course_id: str) -> bool:
    """Decide whether somebody runs sessions, or coordinates them, in a programme that offers the course."""
    return bool(facilitated_programmes(somebody, course_id))


def facilitated_programmes(somebody: Visitor | None, course_id: str) -> list[str]:
    """Return the programmes that offer the course in which somebody runs sessions, or coordinates them."""
    roles = somebody.roles if somebody else ()
    mine = [programme_id for programme_id in roles if may(somebody, "read facilitator notes", programme_id)]
    return list_offering_among(course_id, mine) if mine else []
