"""Personal data of certificates: what we keep and why, export, and what stays after deletion."""

from __future__ import annotations

import json

from sqlalchemy import delete, select, update

from lms.certification.awards import document_records, name_records, records, rules
from lms.certification.awards.codes import grouped
from lms.certification.awards.document_records import Document, RenderRequest
from lms.certification.awards.name_records import NameConfirmation, NameRequest
from lms.certification.awards.observations import Observation, list_observations
from lms.certification.awards.records import Award
from lms.certification.badges.records import Credential, find_credential
from lms.certification.pdf.transcript import transcript_requests
from lms.certification.renewal import expiry_notices
from lms.certification.renewal.expiry_notices import EndNotice
from lms.foundation.db import db
from lms.foundation.personal_data import Enclosure, Part, Remains, Sheet, StoredData
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.periods import in_words
from lms.learning.progress.records import Enrolment, list_enrolments

OBSERVED = (
    "id public_id programme_id enrolment_id observer observer_role seen_on rating recorded_by recorded_at"
    " undone_at undone_reason award_id observer_id pending confirmed_by confirmed_at"
)


def stored_data(_person_id: str | None = None) -> tuple[StoredData, ...]:
    """Return what is kept of somebody's certificates."""
    return (*_stored_certificates(), *_stored_beside())


def _stored_certificates() -> tuple[StoredData, ...]:
    record = "id code programme_id person_id enrolment_id current_for course_id digest version title facts"
    dates = (
        "passed_on valid_until waiting issued_at withdrawn_at withdrawn_reason replaced_by cycle renewed_by raised_to "
        "name_confirmed_at name_waits_since"
    )
    return (
        StoredData(
            _("The record of each certificate: its code, course, version, programme, dates and status"),
            _("So that whoever is shown a certificate can ask whether it is genuine."),
            _("It stays when you delete your account, but without your name."),
            tuple(f"award.{name}" for name in f"{record} {dates}".split()),
        ),
        StoredData(
            _("The name on each certificate, whether you show it or its badge, and another name you asked for"),
            _("To print it, and to compare it when somebody types a name."),
            _("Until you delete your account. If you wish, we then keep a sealed fingerprint that nobody can read."),
            (
                "award.name",
                "award.name_shown",
                "award.badge_open",
                "award.name_seal",
                *(f"name_request.{name}" for name in ("award_id", "name", "asked_at")),
            ),
        ),
        StoredData(
            _("Each certificate as a PDF, and its badge"),
            _("So that you always get the same file again."),
            _("Until you delete your account. A badge’s place in the list of withdrawn badges stays."),
            (
                *(f"document.{name}" for name in ("award_id", "sha256", "content", "stored_at", "timestamp")),
                "credential.award_id",
                "credential.list_number",
                "credential.list_index",
                "credential.content",
                "credential.stored_at",
                "credential.suspendable",
                "render_request.award_id",
                "render_request.requested_at",
                "render_request.tries",
                "render_request.tried_at",
                "render_request.trouble",
                "render_request.letters",
                "render_request.done_at",
            ),
        ),
    )


def _stored_beside() -> tuple[StoredData, ...]:
    """Return what is stored for transcripts, names, observed practice and emails about expiry."""
    return (
        StoredData(
            _("Your transcript as a PDF, when you asked for it, and its language"),
            _("So that you can download it."),
            _(
                "%(hours)s after it’s made, or until you ask for another.",
                hours=in_words(transcript_requests.AVAILABLE_FOR),
            ),
            tuple(
                f"transcript_request.{name}"
                for name in ("person_id", "language", "asked_at", "tries", "tried_at", "made_at", "content")
            ),
        ),
        StoredData(
            _("That a coordinator confirmed the name on your certificates, if your programme knows you by another"),
            _("So that your programme can vouch for the name on a certificate."),
            _("Until you delete your account."),
            tuple(
                f"name_confirmation.{name}"
                for name in ("programme_id", "person_id", "name", "confirmed_by", "confirmed_at")
            ),
        ),
        StoredData(
            _("Your observed practice: who observed it, on which day, and one of four ratings"),
            _("So that you can become ready to practise. We don’t store what was said."),
            _("Until you delete your account. A certificate based on them keeps how many there were and their days."),
            tuple(f"observation.{name}" for name in OBSERVED.split()),
        ),
        StoredData(
            _("Which emails told you, or your coordinator, that a certificate expires"),
            _("So that we don’t send one twice."),
            _("Until you delete your account."),
            tuple(f"end_notice.{name}" for name in ("award_id", "notice", "person_id", "told_on")),
        ),
    )


def export(person_id: str) -> list[Part]:
    """Return all rows about somebody's certificates, with the PDFs."""
    awards = records.list_awards_of_person(person_id)
    documents = [(award, document_records.find_document(award.id)) for award in awards]
    return [
        _certificates(awards),
        _observed(person_id),
        _told_of_ends(person_id),
        _confirmed_names(person_id),
        *(
            Enclosure(f"certificates/{award.code}.pdf", award.title, document.content)
            for award, document in documents
            if document is not None
        ),
        *(
            Enclosure(f"certificates/{award.code}-badge.json", award.title, badge.content)
            for award in awards
            if (badge := find_credential(award.id)) is not None
        ),
        *_transcript(person_id),
    ]


def _certificates(awards: list[Award]) -> Sheet:
    """Return one row for each certificate."""
    asked = {award.id: name_records.find_name_request(award.id) for award in awards}
    return Sheet(
        "certificates",
        _("Your certificates"),
        {
            "code": _("Code"),
            "course": _("Course"),
            "version": _("Version"),
            "name": _("Name"),
            "name_asked_for": _("Another name you asked for"),
            "asked_on": _("Asked for on"),
            "name_shown": _("Name shown"),
            "badge_open": _("Badge open to everyone with the code"),
            "completed": _("Completed"),
            "issued": _("Issued"),
            "waits": _("Waiting for a review, or for its name to be confirmed"),
            "name_confirmed": _("Name confirmed"),
            "name_waits_since": _("Waiting for its name to be confirmed since"),
            "letters": _("Characters we can’t print yet"),
            "valid_until": _("Valid until"),
            "withdrawn": _("Withdrawn"),
            "attests": _("What it’s based on"),
        },
        tuple(
            (
                grouped(award.code),
                award.title,
                award.version,
                award.name,
                request.name if (request := asked[award.id]) else "",
                request.asked_at.isoformat() if request else "",
                _("Yes") if award.name_shown else _("No"),
                _("Yes") if award.badge_open else _("No"),
                award.passed_on.isoformat(),
                award.issued_at.isoformat() if award.issued_at else "",
                _("Yes") if award.waiting else _("No"),
                award.name_confirmed_at.isoformat() if award.name_confirmed_at else "",
                award.name_waits_since.isoformat() if award.name_waits_since else "",
                _letters(award.id),
                award.valid_until.isoformat() if award.valid_until else "",
                award.withdrawn_at.isoformat() if award.withdrawn_at else "",
                json.dumps(award.facts, ensure_ascii=False),
            )
            for award in awards
        ),
    )


def _transcript(person_id: str) -> list[Part]:
    """Return the PDF of somebody's transcript, while there is one."""
    request = transcript_requests.find_request(person_id)
    return [Enclosure("transcript.pdf", _("Transcript"), request.content)] if request and request.content else []


def _letters(award_id: str) -> str:
    """Return the letters of a name that a certificate's PDF waited for."""
    request = db.session.get(RenderRequest, award_id)
    return (request.letters or "") if request else ""


def _observed(person_id: str) -> Sheet:
    """Return what was observed of somebody's practice."""
    return Sheet(
        "observed-practice",
        _("Your observed practice"),
        {
            "course": _("Course"),
            "day": _("Day"),
            "observer": _("Observer"),
            "role": _("Their role"),
            "word": _("Rating"),
            "recorded": _("Recorded"),
            "waits": _("Waiting for somebody to confirm the observer"),
            "confirmed": _("Observer confirmed"),
            "undone": _("Undone"),
            "undone_reason": _("Why it was undone"),
        },
        tuple(
            (
                enrolment.course_id,
                row.seen_on.isoformat(),
                row.observer,
                row.observer_role,
                row.rating,
                row.recorded_at.isoformat(),
                _("Yes") if row.pending else _("No"),
                row.confirmed_at.isoformat() if row.confirmed_at else "",
                row.undone_at.isoformat() if row.undone_at else "",
                row.undone_reason or "",
            )
            for enrolment in list_enrolments(person_id)
            for row in list_observations(enrolment.id)
        ),
    )


def _confirmed_names(person_id: str) -> Sheet:
    """Return which names on somebody's certificates were confirmed; who did it stays out of it."""
    rows = db.session.scalars(select(NameConfirmation).where(NameConfirmation.person_id == person_id))
    return Sheet(
        "confirmed-names",
        _("Names on certificates that a coordinator confirmed"),
        {"name": _("Name, in the form we compare"), "confirmed": _("Confirmed")},
        tuple((row.name, row.confirmed_at.isoformat()) for row in rows),
    )


def _told_of_ends(person_id: str) -> Sheet:
    """Return when letters told somebody of ends; whose certificates a coordinator was told of stays out of it."""
    return Sheet(
        "told-of-ends",
        _("Emails about certificates that expire"),
        {"told": _("Sent on"), "notice": _("Email"), "code": _("Code")},
        tuple(
            (row.told_on.isoformat(), row.notice, grouped(award.code) if award.person_id == person_id else "")
            for row, award in expiry_notices.list_told(person_id)
        ),
    )


def erase(person_id: str, remains: Remains) -> None:
    """Take names and PDFs away; the record of each certificate stays, with a seal of its name where that was asked."""
    awards = records.list_awards_of_person(person_id)
    numbers = [award.id for award in awards]
    db.session.execute(delete(EndNotice).where(EndNotice.person_id == person_id))
    transcript_requests.delete_of(person_id)
    for table in (Document, RenderRequest, NameRequest, EndNotice):
        db.session.execute(delete(table).where(table.award_id.in_(numbers)))
    # A badge's place in the list of withdrawn ones stays taken; the badge itself, which holds the name, goes.
    db.session.execute(update(Credential).where(Credential.award_id.in_(numbers)).values(content=b""))
    db.session.execute(delete(NameConfirmation).where(NameConfirmation.person_id == person_id))
    confirmed = NameConfirmation.confirmed_by
    db.session.execute(update(NameConfirmation).where(confirmed == person_id).values({confirmed: None}))
    mine = select(Enrolment.id).where(Enrolment.person_id == person_id)
    db.session.execute(delete(Observation).where(Observation.enrolment_id.in_(mine)))
    # What a coordinator recorded for others stands; only who it was is no longer told.
    for part in (Observation.recorded_by, Observation.observer_id, Observation.confirmed_by):
        db.session.execute(update(Observation).where(part == person_id).values({part: None}))
    for award in awards:
        if award.attestation.observations:
            award.attestation = award.attestation.without_observers()
        award.name_seal = None
        if remains.seal_key and award.name:
            award.name_seal = rules.seal_of_name(remains.seal_key, award.code, award.name)
        award.name, award.name_shown = "", False
        award.badge_open = award.badge_open and False
        remains.enrolments.add(award.enrolment_id)
    remains.person = bool(awards)
    db.session.flush()
