"""Issuing badges, and signing the status lists.

Functions that sign import what signs: it takes 0.15 s and 10 MB (pyld), and web workers sign nothing.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from lms.accounts.records import get_programme
from lms.certification.awards import actions, addresses, records
from lms.certification.awards.records import Award
from lms.certification.awards.texts import name_wording, wording
from lms.certification.badges import records as badge_records
from lms.certification.badges import status_list
from lms.certification.keys.did import DID_KEY, Issuer, from_multikey, issuer_of
from lms.certification.keys.opening import keys_of
from lms.certification.keys.records import find_compromised
from lms.foundation import clock
from lms.foundation.config.settings import Settings
from lms.foundation.db import write
from lms.foundation.late import late
from lms.foundation.text.i18n import nearest_language, speaking

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from lms.certification.badges import open_badge
    from lms.certification.keys import keyring
    from lms.certification.keys.keyring import Ring
else:
    open_badge = late("lms.certification.badges.open_badge")  # 0.15 s and 10 MB, which web workers do without
    keyring = late("lms.certification.keys.keyring")  # 31 ms and 2 MB, because web workers sign nothing


def stored_badge(award: Award, ring: Ring, settings: Settings) -> bytes:
    """Return an award's stored badge, after making and storing it where there is none."""
    stored = badge_records.find_credential(award.id)
    if stored is None:
        issuer = issuer_of(settings.base_url, ring.badge_public)
        place = badge_records.find_place(issuer.id)
        write(_store_badge, award.id, place, make_badge(award, place, ring, settings), issuer)
        make_status_lists(settings)
        stored = badge_records.find_credential(award.id)
    if stored is None:
        raise LookupError("a badge that was just kept is not there")
    return stored.content


def _store_badge(award_id: str, place: tuple[int, int], badge: bytes, issuer: Issuer) -> None:
    """Store a badge, unless its name was removed or its key was marked as compromised while it was made."""
    if records.get_award(award_id).name and not find_compromised([issuer.multikey]):
        badge_records.keep_credential(award_id, place, badge, issuer.id)


def make_badge(award: Award, place: tuple[int, int], ring: Ring, settings: Settings) -> bytes:
    """Return an award's badge, signed, in the language of its PDF."""
    with speaking(nearest_language(award.attestation.language)):
        return _badge_in_words(award, place, ring, settings)


def _badge_in_words(award: Award, place: tuple[int, int], ring: Ring, settings: Settings) -> bytes:
    number, index = place
    zone = actions.zone_in(award.programme_id, settings)
    issuer = issuer_of(settings.base_url, ring.badge_public)
    content = open_badge.BadgeContent(
        id=f"urn:uuid:{uuid.uuid4()}",
        name=award.name,
        course_id=award.course_id,
        course_title=award.title,
        version=award.version,
        digest=award.digest,
        awarded_on=award.passed_on,
        valid_until=award.valid_until,
        stands_behind=(*wording.fields(award), *name_wording.evidence(award, zone)),
        criteria=" ".join(wording.clauses(award.attestation)),
        does_not_attest=award.attestation.does_not_attest,
        programme=get_programme(award.programme_id).name,
        base_url=settings.base_url,
        language=award.attestation.language,
        status_list=addresses.status_address(settings, number),
        status_index=index,
        zone=zone,
        issued_at=award.issued_at,
    )
    return open_badge.as_bytes(
        open_badge.sign(open_badge.build(content, issuer), ring.badge_key, issuer.key, content.valid_from)
    )


def make_status_lists(settings: Settings) -> None:
    """Sign the lists of revoked and suspended badges that changed, or that were signed seven days ago or more."""
    stale = badge_records.list_stale()
    if not stale:
        return
    ring = keys_of(settings)
    for number in stale:
        issuer, key = _signer_of(number, ring, settings)
        ended, now = badge_records.list_ended(number), clock.now()
        lists: list[bytes] = []
        by_purpose: dict[status_list.Purpose, list[int]] = {"revocation": ended.revoked, "suspension": ended.suspended}
        for purpose, indexes in by_purpose.items():
            address = status_list.list_address(addresses.status_address(settings, number), purpose)
            valid = (now, now + badge_records.LIST_DAYS)
            document = status_list.status_credential(address, issuer, purpose, indexes, valid)
            lists.append(open_badge.as_bytes(open_badge.sign(document, key, issuer.key, now)))
        write(badge_records.keep_status_list, number, ended, (lists[0], lists[1]), now, issuer.id)


def _signer_of(number: int, ring: Ring, settings: Settings) -> tuple[Issuer, Ed25519PrivateKey]:
    """Return the issuer that signs a pair of lists.

    The issuer of a site without a domain is its key (did:key), and verifiers elsewhere want a list to be signed by
    the badge's issuer. So its earlier lists are signed with the earlier key for as long as that is in the folder.
    """
    now, found = issuer_of(settings.base_url, ring.badge_public), badge_records.find_status_list(number)
    signer = (found.signer if found else None) or now.id
    if signer != now.id and signer.startswith(DID_KEY):
        if signer == f"{DID_KEY}{now.multikey}":
            return Issuer(signer, f"{signer}#{now.multikey}"), ring.badge_key
        earlier = keyring.find_earlier_badge_key(settings, from_multikey(signer.removeprefix(DID_KEY)))
        if earlier:
            return Issuer(signer, f"{signer}#{signer.removeprefix(DID_KEY)}"), earlier
    return now, ring.badge_key
