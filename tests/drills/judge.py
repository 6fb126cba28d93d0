"""What is lost, torn or doubled, read from the rows of a site and from what a mail server was given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from sqlalchemy import func, select

from lms.certification.awards.document_records import Document, RenderRequest
from lms.certification.awards.records import Award
from lms.foundation.audit.entries import AuditEntry
from lms.foundation.db import db
from lms.foundation.mail.outbox import OutboxMail
from lms.learning.progress.attempt_records import Attempt, Result
from tests.builders.mail import read
from tests.conftest import Site
from tests.drills.report import Outcome


@dataclass
class Found:
    """What the rows of a site say of checks, by enrolment and by award."""

    attempts: Counter[str] = field(default_factory=Counter)
    results: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    awards: Counter[str] = field(default_factory=Counter)
    asked_for: set[str] = field(default_factory=set)
    award_ids: set[str] = field(default_factory=set)
    events: Counter[str] = field(default_factory=Counter)


def look(site: Site) -> Found:
    """Read what there is."""
    found = Found()
    with site.inside():
        rows = db.session.execute(
            select(Attempt.enrolment_id, Result.passed).outerjoin(Result, Result.attempt_id == Attempt.id)
        ).all()
        for enrolment, passed in rows:
            found.attempts[enrolment] += 1
            found.results[enrolment] += passed is not None
            found.passed[enrolment] += bool(passed)
        for award_id, enrolment in db.session.execute(select(Award.id, Award.enrolment_id)):
            found.awards[enrolment] += 1
            found.award_ids.add(award_id)
        found.asked_for = set(db.session.scalars(select(RenderRequest.award_id)))
        counted = select(AuditEntry.event, func.count()).group_by(AuditEntry.event)
        found.events = Counter({row[0]: row[1] for row in db.session.execute(counted)})
    return found


def judge_checks(site: Site, acknowledged: Collection[str]) -> Outcome:
    """Count what became of checks; the acknowledged ones are enrolments whose visitor read “You passed the check”."""
    found, outcome = look(site), Outcome()
    outcome.lost = sum(not found.passed[enrolment] for enrolment in acknowledged)
    # A check is sent in one piece: with its certificate, the request for the PDF, and an entry for each in the trail.
    outcome.torn = sum(bool(found.passed[one]) != bool(found.awards[one]) for one in found.attempts)
    outcome.torn += len(found.award_ids ^ found.asked_for)
    outcome.doubled = sum(
        count - 1 for counted in (found.attempts, found.passed, found.awards) for count in counted.values() if count > 1
    )
    for event, counted in (
        ("CheckSubmitted", found.results),
        ("CoursePassed", found.passed),
        ("CertificateIssued", found.awards),
    ):
        apart = found.events[event] - sum(counted.values())
        outcome.doubled += max(0, apart)
        outcome.torn += max(0, -apart)
    return outcome


def judge_documents(site: Site, letters: Iterable[bytes]) -> Outcome:
    """Count what became of certificates that were issued: each has one PDF, and its holder got one email about it.

    An email that was handed over twice under one Message-ID is noted and not counted: a mail server that took it just
    before the job process was killed gets it again, and mail programs show it once.
    """
    outcome, handed = Outcome(), Counter(read(letter)["Message-ID"] for letter in letters)
    with site.inside():
        awards = set(db.session.scalars(select(Award.id)))
        stored = set(db.session.scalars(select(Document.award_id)))
        rows = db.session.execute(select(OutboxMail.recipient, OutboxMail.message_id, OutboxMail.sent_at)).all()
        events = db.session.scalar(select(func.count()).where(AuditEntry.event == "DocumentStored")) or 0
    outcome.lost = len(awards - stored) + sum(not handed[message] for _to, message, _sent in rows)
    outcome.torn = abs(len(stored) - len(rows)) + abs(len(stored) - events)
    outcome.doubled = sum(count - 1 for count in Counter(to for to, _id, _sent in rows).values() if count > 1)
    outcome.doubled += len(set(handed) - {message for _to, message, _sent in rows})
    again = sum(count - 1 for count in handed.values() if count > 1)
    outcome.notes += [f"{again} emails handed over again with the same Message-ID"] * bool(again)
    return outcome
