"""Actions on certificates: issue, store the PDF, withdraw, and change what the holder shows."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

from lms.accounts.records import Person, get_person, get_programme
from lms.accounts.rules import zone_of
from lms.certification.awards import document_records, records, rules
from lms.certification.awards import observations as award_observations
from lms.certification.awards import validity as award_validity
from lms.certification.awards.attestation import Attestation
from lms.certification.awards.document_records import Document, RenderRequest
from lms.certification.awards.events import (
    BadgeOpened,
    CertificateHeld,
    CertificateIssued,
    CertificateRenewed,
    CertificateWithdrawn,
    DocumentStored,
    NameShown,
    PdfWaitsForLetters,
    SpellingAsked,
)
from lms.certification.awards.issue_context import Earning, IssueContext, get_earning, issue_context
from lms.certification.awards.name_records import find_confirmation_of, may_print
from lms.certification.awards.records import Award
from lms.foundation import clock
from lms.foundation.background import jobs
from lms.foundation.config.settings import Settings
from lms.foundation.db import db
from lms.foundation.events import announce
from lms.foundation.web import throttle
from lms.learning.progress.equivalents import list_valid_equivalents
from lms.learning.progress.rules import Progress, everything_is_done
from lms.library.course_cache import get_course

SPELLING_WINDOW = timedelta(days=1)


def is_held(programme_id: str, digest: str, settings: Settings) -> bool:
    """Decide whether certificates of a version wait for its review in a programme."""
    return issue_context(programme_id, get_course(digest), settings).is_held


def zone_in(programme_id: str, settings: Settings) -> str:
    """Return the time zone whose calendar decides on which day something happened in a programme."""
    return zone_of(get_programme(programme_id).facts, settings.timezone)


def today_in(programme_id: str, settings: Settings) -> date:
    """Return what day it is in a programme."""
    return clock.today(zone_in(programme_id, settings))


def state_of(award: Award, settings: Settings) -> rules.State:
    """Return the state a certificate is in today, as its programme counts days."""
    return award.state(today_in(award.programme_id, settings))


def issue_if_earned(enrolment_id: str, settings: Settings) -> Award | None:
    """Issue the first certificate of an enrolment once its course's criteria are met, once; renewing has its own."""
    return issue_first(get_earning(enrolment_id), settings)


def issue_first(earning: Earning, settings: Settings) -> Award | None:
    """Issue the certificate of an enrolment that has none yet, once its course's criteria are met."""
    if earning.has_award or earning.passed is None:
        return None
    course, progress, enrolment = get_course(earning.passed), earning.progress, earning.enrolment
    if not everything_is_done(course, progress):
        return None
    context = IssueContext(earning.programme, course, earning.own_rule, settings)
    until = award_validity.first_end(context.rule, context.today)
    earned = rules.Earned(context.today, until, context.is_held)
    award = Award.first(enrolment)
    put_name(award, name_to_print(earning.holder))
    return store_award(award, context, earned, rules.attest_course(course, progress, waived_of(enrolment.id, progress)))


def store_award(
    award: Award, context: IssueContext, earned: rules.Earned, attestation: Attestation, before: Award | None = None
) -> Award:
    """Fill in an award that has its name, and store it; one that it renews is no longer current, and stays as it is."""
    course = context.course
    award.course_id, award.digest, award.version, award.title = course.id, course.digest, course.version, course.title
    award.attestation = attestation
    award.passed_on, award.valid_until = earned.passed_on, earned.valid_until
    award.name_waits_since = None if may_print(context.programme, award.person_id, award.name) else clock.now()
    award.waiting = earned.waiting or award.name_waits_since is not None
    award.issued_at = None if award.waiting else clock.now()
    records.follow(before, award)
    if before and not award.waiting:
        _mark_renewed(before, award)
    event = CertificateHeld if award.waiting else CertificateIssued
    announce(event(award.id, award.person_id, award.programme_id, award.record_sha256()))
    return award


def name_to_print(person: Person) -> str:
    """Return the name that stands on somebody's certificates: the one they chose for it, or the one they go by."""
    return person.certificate_name or person.display_name


def name_of_next(before: Award) -> str:
    """Return the name for a reissued certificate: the same as before if a new name is still to be confirmed."""
    name = get_person(before.person_id).certificate_name or before.name
    return name if may_print(get_programme(before.programme_id), before.person_id, name) else before.name


def put_name(award: Award, name: str) -> None:
    """Set the name on a certificate, and when its programme confirmed that name."""
    award.name = name
    award.name_confirmed_at = find_confirmation_of(award)


def _mark_renewed(before: Award, award: Award) -> None:
    """Let a certificate say that it was renewed, which it does not say while the newer one waits for a review."""
    before.renewed_by = award.id
    announce(CertificateRenewed(before.id, award.person_id, award.programme_id, award.id))


def waived_of(enrolment_id: str, progress: Progress) -> set[str]:
    """Return the ids of what was waived for an enrolment; nothing is asked where nothing was met otherwise."""
    if not (progress.lessons_otherwise or progress.practised_otherwise):
        return set()
    return {row.item_id for row in list_valid_equivalents(enrolment_id) if row.way == "waived"}


def release_reviewed(course_id: str, settings: Settings) -> int:
    """Issue the certificates that waited for a course's review and wait no longer; return how many."""
    return sum(release(award, settings) for award in records.list_waiting(course_id))


def release(award: Award, settings: Settings) -> bool:
    """Issue a certificate that was waiting, unless its name or course review is still missing; return if it was."""
    if not award.waiting or award.name_waits_since or is_held(award.programme_id, award.digest, settings):
        return False
    award.waiting, award.issued_at = False, clock.now()
    if award.level == "ready" and award_observations.is_held_back(award.enrolment_id):
        # Harm was seen while it waited: it says that the course was completed, and readiness comes back by practice.
        award.attestation = award.attestation.without_readiness()
    for before in records.list_awards_of_enrolment(award.enrolment_id):
        if before.cycle == award.cycle - 1 and not (before.replaced_by or before.raised_to):
            _mark_renewed(before, award)
    announce(CertificateIssued(award.id, award.person_id, award.programme_id, award.record_sha256()))
    return True


def request_document(award_id: str) -> None:
    """Ask for the PDF of an award that has a name to print."""
    if records.get_award(award_id).name:
        document_records.request_pdf(award_id)
        jobs.push("certification.render", award_id)


def request_document_anew(award_id: str) -> None:
    """Ask for a PDF that could not be made so far, as if for the first time; one that is kept is left alone."""
    document_records.request_pdf(award_id)
    request = db.session.get_one(RenderRequest, award_id)
    if request.done_at is None:
        request.tries, request.trouble, request.tried_at = 0, None, None


def store_document(award_id: str, content: bytes, timestamp: str | None = None) -> Document | None:
    """Keep a PDF; when one is kept already, that one stands, and none is kept once its name was taken away."""
    stored = document_records.find_document(award_id)
    award = records.get_award(award_id)
    if stored or not award.name:
        return stored
    document = Document(
        award_id=award_id,
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        stored_at=clock.now(),
        timestamp=timestamp,
    )
    db.session.add(document)
    request = db.session.get(RenderRequest, award_id)
    if request:
        request.done_at, request.trouble, request.letters = clock.now(), None, None
    db.session.flush()
    announce(DocumentStored(award_id, award.person_id, award.programme_id, document.sha256))
    return document


def note_render_trouble(award_id: str, trouble: str, letters: tuple[str, ...] = ()) -> None:
    """Remember that a PDF could not be made, for the sweep and for those who run the site.

    Its holder is told once when that is because no font has some letters of the name.
    """
    request = db.session.get(RenderRequest, award_id)
    if request:
        first = bool(letters) and not request.letters
        request.tries += 1
        request.tried_at, request.trouble, request.letters = clock.now(), trouble[:500], " ".join(letters) or None
        if first:
            award = records.get_award(award_id)
            announce(PdfWaitsForLetters(award_id, award.person_id, award.programme_id))


def note_wait_for_time(award_id: str, why: str) -> None:
    """Record that a PDF waits for a timestamp. Unlike for other problems, the time between attempts doesn't grow."""
    request = db.session.get(RenderRequest, award_id)
    if request:
        request.tried_at, request.trouble = clock.now(), why[:500]


def ask_for_spelling(award_id: str) -> bool:
    """Ask a holder by email for a spelling that can be printed, once a day; return whether an email was queued."""
    key = f"spelling:{award_id}"
    if throttle.too_many(key, 1, SPELLING_WINDOW):
        return False
    throttle.count_miss(key, SPELLING_WINDOW)
    award = records.get_award(award_id)
    announce(SpellingAsked(award.id, award.person_id, award.programme_id))
    return True


def withdraw(award_id: str, reason: str) -> None:
    """Withdraw a certificate; the next look at its code says so."""
    award = records.get_award(award_id)
    if award.withdrawn_at is None:
        award.withdrawn_at, award.withdrawn_reason = clock.now(), reason
        announce(CertificateWithdrawn(award.id, award.person_id, award.programme_id, reason))


def show_name(award_id: str, shown: bool) -> None:
    """Let a certificate's page show its name, or no longer."""
    award = records.get_award(award_id)
    if award.name_shown != shown:
        award.name_shown = shown
        announce(NameShown(award.id, award.person_id, award.programme_id, shown))


def open_badge(award_id: str, opened: bool) -> None:
    """Let everybody with the address have a certificate's badge, or end that at once."""
    award = records.get_award(award_id)
    if bool(award.badge_open) != opened:
        award.badge_open = opened
        announce(BadgeOpened(award.id, award.person_id, award.programme_id, opened))
