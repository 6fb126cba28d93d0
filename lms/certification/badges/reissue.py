"""Reissue certificates that were signed with a compromised key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import or_, select

from lms.certification.awards.document_records import Document
from lms.certification.awards.records import Award
from lms.certification.awards.reissue import reissue_certificate
from lms.certification.badges.records import Credential, find_credential
from lms.certification.keys.key_files import KeyTrouble
from lms.certification.keys.records import list_keys
from lms.foundation.db import db, write
from lms.foundation.refused import Refused

AT_ONCE = 100


@dataclass(frozen=True)
class Compromised:
    """A site's compromised keys with their first days: badge keys by name, certificates as a PDF contains them."""

    badge_keys: dict[str, date]
    certificates: dict[bytes, date]

    @property
    def earliest(self) -> datetime:
        """The first moment from which one of them isn't trusted."""
        return datetime.combine(min((*self.badge_keys.values(), *self.certificates.values())), time(0), UTC)

    def signed(self, badge: Credential | None, document: Document | None, *, earlier_too: bool) -> bool:
        """Return whether one of the keys signed the badge or PDF from its day on, or ever (`earlier_too`)."""
        day = self.badge_keys.get(_key_of(badge.content)) if badge and badge.content else None
        if badge and day and (earlier_too or badge.stored_at.date() >= day):
            return True
        return document is not None and any(
            (earlier_too or document.stored_at.date() >= day) and certificate in document.content
            for certificate, day in self.certificates.items()
        )


def find_compromised_keys() -> Compromised | None:
    """Return the compromised keys; None when there are none."""
    keys = [key for key in list_keys() if key.compromised_from]
    if not keys:
        return None
    days = {key.public: key.compromised_from for key in keys if key.compromised_from}
    badge_keys = {public: day for public, day in days.items() if not public.startswith("-")}
    certificates = {_in_pdf(public): day for public, day in days.items() if public.startswith("-")}
    return Compromised(badge_keys, certificates)


def _in_pdf(pem: str) -> bytes:
    certificate = x509.load_pem_x509_certificate(pem.encode())
    return certificate.public_bytes(Encoding.DER).hex().upper().encode()


def _key_of(badge: bytes) -> str:
    return str(json.loads(badge)["proof"]["verificationMethod"]).rpartition("#")[2]


def check_badge_key(award_id: str) -> None:
    """Raise KeyTrouble when the kept badge of a certificate was signed with a key that wasn't trusted by then.

    A PDF around it would be half of one key and half of another.
    """
    keys, badge = find_compromised_keys(), find_credential(award_id)
    if keys and badge and keys.badge_keys and keys.signed(badge, None, earlier_too=False):
        raise KeyTrouble(
            "its badge was signed with a key that is marked as compromised. Reissue such certificates: lms keys reissue"
        )


def list_to_reissue(*, earlier_too: bool = False) -> Iterator[str]:
    """Return the current certificates that a compromised key signed from its day on, or ever, a hundred at a time."""
    keys, after = find_compromised_keys(), ""
    if keys is None:
        return
    query = (
        select(Award, Credential, Document)
        .outerjoin(Credential, Credential.award_id == Award.id)
        .outerjoin(Document, Document.award_id == Award.id)
        .where(Award.current_for.is_not(None), ~Award.waiting, Award.withdrawn_at.is_(None), Award.name != "")
        .order_by(Award.id)
        .limit(AT_ONCE)
    )
    if not earlier_too:
        query = query.where(or_(Credential.stored_at >= keys.earliest, Document.stored_at >= keys.earliest))
    while rows := db.session.execute(query.where(Award.id > after)).all():
        after = rows[-1][0].id
        found = [award.id for award, badge, document in rows if keys.signed(badge, document, earlier_too=earlier_too)]
        db.session.expunge_all()
        yield from found


def reissue_all(*, earlier_too: bool = False) -> tuple[int, int]:
    """Reissue these certificates, one transaction each; return how many were reissued and how many can't be now."""
    done = left = 0
    for award_id in list_to_reissue(earlier_too=earlier_too):
        made = write(reissue_certificate, award_id, "key")
        if isinstance(made, Refused):
            left += 1
        else:
            done += 1
    return done, left
