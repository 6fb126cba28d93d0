"""What the people who run the site see of courses, accounts and work that waits, as plain values."""

from __future__ import annotations

from dataclasses import dataclass

from lms.accounts.records import Person, Programme
from lms.certification.awards.codes import grouped
from lms.coordination.person.pages import role_names
from lms.coordination.site import records
from lms.foundation.clock import day_of
from lms.foundation.mail.outbox import OutboxMail
from lms.foundation.text.i18n import day, moment
from lms.foundation.text.i18n import gettext as _
from lms.library.course_cache import get_course
from lms.library.records import list_newest_digests, list_reviews_of_newest, list_versions
from lms.library.rules import missing_reviews, needed_reviews

PDFS_SHOWN = 20
# How many of the programmes that offer a course are named in the list of courses.
NAMES_SHOWN = 3


@dataclass(frozen=True)
class PublishedCourse:
    """A course in the list of all courses, in words."""

    id: str
    title: str
    version: str
    versions: int
    published: str
    programmes: str
    reviewed: bool


def published_courses(zone: str) -> list[PublishedCourse]:
    """Return all published courses by title."""
    versions, offers, reviews = (
        records.count_versions(),
        records.list_offering_names(NAMES_SHOWN + 1),
        list_reviews_of_newest(),
    )
    rows = []
    for id_, digest in list_newest_digests().items():
        course = get_course(digest)
        count, last = versions[id_]
        missing = missing_reviews(needed_reviews(course), {review.role for review in reviews.get(id_, ())})
        names = offers.get(id_, [])
        shown = ", ".join(names[:NAMES_SHOWN])
        offered = _("%(names)s and others", names=shown) if len(names) > NAMES_SHOWN else shown
        rows.append(
            PublishedCourse(id_, course.title, course.version, count, day(day_of(last, zone)), offered, not missing)
        )
    return sorted(rows, key=lambda row: row.title.casefold())


def version_rows(course_id: str, zone: str) -> list[tuple[str, str]]:
    """Return the versions of a course with the day on which each was published, the newest first."""
    return [(row.version, day(day_of(row.published_at, zone))) for row in list_versions(course_id)]


@dataclass(frozen=True)
class AccountRow:
    """An account that a search found, with its roles by programme, in words."""

    id: str
    name: str
    email: str
    closed: bool
    roles: list[tuple[str, str, str]]
    operator: bool


def account_rows(people: list[Person]) -> list[AccountRow]:
    """Return accounts in words, with one query for the roles of all of them."""
    roles = records.list_roles_of([person.id for person in people])
    return [
        AccountRow(
            person.public_id,
            person.display_name,
            person.email,
            person.disabled_at is not None,
            _by_programme(roles.get(person.id, [])),
            person.operator,
        )
        for person in people
    ]


def _by_programme(roles: list[tuple[Programme, str]]) -> list[tuple[str, str, str]]:
    """Return (short name, name, roles in words) of each programme."""
    found: dict[str, tuple[Programme, list[str]]] = {}
    for programme, role in roles:
        found.setdefault(programme.slug, (programme, []))[1].append(role)
    return [(slug, programme.name, ", ".join(role_names(held))) for slug, (programme, held) in found.items()]


def pdf_rows(zone: str) -> list[tuple[str, str, str, str]]:
    """Return (code, programme, why it couldn't be made, last attempt) of PDFs in trouble."""
    return [
        (
            grouped(award.code),
            programme.name,
            request.trouble or "",
            moment(request.tried_at, zone) if request.tried_at else "",
        )
        for request, award, programme in records.list_pdfs_in_trouble(PDFS_SHOWN)
    ]


def test_words(row: OutboxMail | None, zone: str, *, written_only: bool) -> str:
    """Return what became of a test email, in words; nothing where none was sent."""
    if row is None:
        return ""
    if row.sent_at and written_only:
        return _("Written to a file on %(moment)s. This site doesn’t send email.", moment=moment(row.sent_at, zone))
    if row.sent_at:
        return _(
            "The mail server accepted it on %(moment)s. Please check that it arrived, and not as spam.",
            moment=moment(row.sent_at, zone),
        )
    if row.tries:
        return _(
            "The mail server hasn’t accepted it after %(count)s attempts. We’ll keep trying. To see why, run on the "
            "server: %(command)s",
            count=row.tries,
            command="lms doctor --network",
        )
    return _(
        "It’s waiting to be sent, which takes a minute at most. Please reload this page. If it’s still waiting after "
        "that, the job process may not be running."
    )
