"""What the people who run the site do in a browser, where no other room has it."""

from __future__ import annotations

from lms.accounts.actions import FormError, give_role, set_programme
from lms.accounts.events import SignedOut
from lms.accounts.programmes.facts import check_slug
from lms.accounts.records import Person, find_programme
from lms.accounts.session_records import end_sign_ins
from lms.certification.awards.actions import request_document_anew
from lms.certification.awards.records import list_waiting
from lms.coordination.site import records
from lms.coordination.site.events import MailTested, WorkRetried
from lms.foundation.background import jobs
from lms.foundation.config.settings import Settings
from lms.foundation.events import announce
from lms.foundation.mail import outbox
from lms.foundation.mail.templates import Email
from lms.foundation.text.i18n import gettext as _
from lms.library.course_cache import get_course
from lms.library.records import find_newest_digest

RETRIED_AT_ONCE = 200


def make_programme(slug: str, name: str) -> FormError | None:
    """Make a programme, unless its short name can't be used or is taken."""
    problem = check_slug(slug)
    if problem:
        return FormError("slug", problem)
    if find_programme(slug):
        return FormError("slug", _("There’s already a programme with this short name. Please choose another one."))
    set_programme(slug, name, {})
    return None


def make_coordinator(programme_id: str, person: Person) -> None:
    """Let somebody who has an account and a proven address coordinate a programme."""
    give_role(person.id, programme_id, "coordinator")


def sign_out_everywhere(person_id: str) -> None:
    """End every sign-in of somebody."""
    announce(SignedOut(person_id, end_sign_ins(person_id)))


def read_reviewed_courses(course_id: str) -> None:
    """Read the versions of a course whose certificates wait, before the write that records a review."""
    for digest in {*(award.digest for award in list_waiting(course_id)), find_newest_digest(course_id)}:
        if digest:
            get_course(digest)


def retry_pdfs() -> int:
    """Ask again for PDFs that couldn't be made, some hundred at a time; return how many."""
    found = records.list_pdfs_in_trouble(RETRIED_AT_ONCE)
    for request, _award, _programme in found:
        request_document_anew(request.award_id)
        jobs.push("certification.render", request.award_id)
    announce(WorkRetried("pdf", len(found)))
    return len(found)


def retry_emails() -> int:
    """Let emails leave that had been given up; return how many."""
    count = records.retry_given_up_emails()
    announce(WorkRetried("email", count))
    return count


def mark_of_test(person: Person) -> str:
    """Return under which word the test email of somebody waits in the outbox."""
    return f"test:{person.public_id}"


def send_test_email(settings: Settings, person: Person, email: Email) -> None:
    """Send somebody a test email the way every email goes; one that still waits is taken back."""
    outbox.take_back(mark_of_test(person))
    outbox.queue_mail(settings, person.email, *email, any_hour=True, about=mark_of_test(person))
    announce(MailTested(person.id))
