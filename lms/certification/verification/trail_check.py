"""Compare certificates with the audit trail: what was changed in the database without the event that says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import String, select, type_coerce

from lms.certification.awards.document_records import Document
from lms.certification.awards.events import (
    CertificateHeld,
    CertificateIssued,
    CertificateMoved,
    CertificateRaised,
    CertificateReinstated,
    CertificateRenewed,
    CertificateReplaced,
    CertificateWithdrawn,
    DocumentStored,
)
from lms.certification.awards.records import Award
from lms.foundation.audit.entries import AuditEntry
from lms.foundation.audit.seals import facts_of
from lms.foundation.db import db

PEOPLE_AT_ONCE = 200
# Which column of the earlier certificate names the later one, by the event that says so.
LINKS = {
    CertificateReplaced.__name__: "replaced_by",
    CertificateRenewed.__name__: "renewed_by",
    CertificateRaised.__name__: "raised_to",
}
EVENTS = (
    *(event.__name__ for event in (CertificateHeld, CertificateIssued, CertificateWithdrawn, CertificateReinstated)),
    *LINKS,
    DocumentStored.__name__,
    CertificateMoved.__name__,
)

What = Literal["added", "deleted", "changed", "issued", "withdrawn", "reinstated", "PDF changed"]


@dataclass(frozen=True)
class WithoutEvent:
    """A certificate that isn't as its events say, by its code; by its inner id, where it was deleted."""

    code: str
    what: What


@dataclass
class _Told:
    """What the events of one certificate say."""

    issued: bool = False
    record_sha256: str = ""
    reason: str | None = None
    links: dict[str, str] = field(default_factory=dict)
    document: str = ""
    former: set[str] = field(default_factory=set)

    def add(self, event: str, facts: dict[str, Any]) -> None:
        """Take one more event into account, in order."""
        if event in LINKS:
            self.links[LINKS[event]] = str(facts.get("new_award_id"))
        elif event == DocumentStored.__name__:
            self.document = str(facts.get("sha256"))
        elif event == CertificateWithdrawn.__name__:
            self.reason = str(facts.get("reason"))
        elif event == CertificateReinstated.__name__:
            self.reason = None
        elif event == CertificateMoved.__name__:
            self.former.add(str(facts.get("former_person_id")))
            self.record_sha256 = str(facts.get("record_sha256"))
        else:
            self.issued = self.issued or event == CertificateIssued.__name__
            # Earlier versions recorded no digest.
            self.record_sha256 = str(facts.get("record_sha256") or "")


def list_without_event() -> Iterator[WithoutEvent]:
    """Return the certificates that were added, changed or deleted without an event, some people at a time."""
    after = ""
    while people := _next_people(after):
        after = people[-1]
        told = _read_events(people)
        codes = _read_codes(people)
        _follow_moves(told, codes, set(people))
        stored = _read_documents(list(codes))
        for award_id, code in codes.items():
            what = _compare(award_id, told.pop(award_id, None), stored.get(award_id))
            if what:
                yield WithoutEvent(code, what)
        elsewhere = set(db.session.scalars(select(Award.id).where(Award.id.in_(list(told)))))
        for award_id in told:
            if award_id not in elsewhere:
                yield WithoutEvent(award_id, "deleted")
        db.session.rollback()
        db.session.expunge_all()


def _next_people(after: str) -> list[str]:
    """Return whom the trail or a certificate names, in order; both have an index by person."""
    found: set[str] = set()
    for column in (AuditEntry.person_id, Award.person_id):
        query = select(column).where(column > after).distinct().order_by(column).limit(PEOPLE_AT_ONCE)
        found.update(number for number in db.session.scalars(query) if number)
    return sorted(found)[:PEOPLE_AT_ONCE]


def _read_events(people: list[str]) -> dict[str, _Told]:
    told: dict[str, _Told] = defaultdict(_Told)
    query = select(AuditEntry.event, type_coerce(AuditEntry.facts, String)).where(AuditEntry.person_id.in_(people))
    for event, content in db.session.execute(query.where(AuditEntry.event.in_(EVENTS)).order_by(AuditEntry.id)):
        facts = facts_of(content)
        if isinstance(facts, dict):
            told[str(facts.get("award_id"))].add(event, facts)
    return told


def _follow_moves(told: dict[str, _Told], codes: Collection[str], people: set[str]) -> None:
    """Read the events of certificates that came from another account of their holder, with those from there."""
    moved = [award_id for award_id in codes if award_id in told and told[award_id].former]
    while more := {person for award_id in moved for person in told[award_id].former} - people:
        people |= more
        found = _read_events(sorted(people))
        told.update((award_id, found[award_id]) for award_id in moved)


def _read_codes(people: list[str]) -> dict[str, str]:
    """Return the codes of people's certificates; the session then has the certificates, where they can be read."""
    with suppress(ValueError, TypeError):
        found = db.session.scalars(select(Award).where(Award.person_id.in_(people)))
        return {award.id: award.code for award in found}
    query = select(Award.id, Award.code).where(Award.person_id.in_(people))
    return {row.id: row.code for row in db.session.execute(query)}


def _read_documents(numbers: list[str]) -> dict[str, str]:
    query = select(Document.award_id, Document.sha256).where(Document.award_id.in_(numbers))
    return {row.award_id: row.sha256 for row in db.session.execute(query)}


def _compare(award_id: str, told: _Told | None, document: str | None) -> What | None:
    """Return how a certificate differs from what its events say; one that can't be read was changed."""
    if told is None:
        return "added"
    try:
        what = _compare_record(db.session.get_one(Award, award_id), told)
    except (ValueError, TypeError, KeyError, AttributeError):
        return "changed"
    return "PDF changed" if what is None and document and document != told.document else what


def _compare_record(award: Award, told: _Told) -> What | None:
    if told.record_sha256 and told.record_sha256 != award.record_sha256():
        return "changed"
    if told.issued == award.waiting:
        return "changed" if told.issued else "issued"
    if (award.withdrawn_at is None) != (told.reason is None):
        return "reinstated" if award.withdrawn_at is None else "withdrawn"
    return None if award.withdrawn_reason == told.reason and _links_are_told(award, told) else "changed"


def _links_are_told(award: Award, told: _Told) -> bool:
    for column in LINKS.values():
        now, then = getattr(award, column), told.links.get(column)
        # A certificate of readiness that follows another one has the event and no link.
        if now != then and not (now is None and column == "raised_to"):
            return False
    return True
