"""Badges: one made from fixed values, and those of a site."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from datetime import UTC, date, datetime
from gzip import decompress
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lms.certification.awards import actions, records
from lms.certification.badges import open_badge
from lms.certification.badges import records as badge_records
from lms.certification.badges.open_badge import BadgeContent
from lms.certification.badges.rules import LIST_LENGTH
from lms.certification.keys.did import issuer_of
from tests.conftest import Site

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
SITE = "https://training.example.org"
ISSUER = issuer_of(SITE, PUBLIC)
LISTS = f"{SITE}/credentials/status/"
NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
SAMS = BadgeContent(
    id="urn:uuid:7c1b9a52-6f0e-4f7b-9d6b-0d3f1f2a4c55",
    name="Sam Okafor",
    course_id="active-listening",
    course_title="Active listening",
    version="1.2",
    digest="ab" * 32,
    awarded_on=date(2026, 3, 14),
    valid_until=date(2028, 3, 14),
    stands_behind=(("Knowledge", "80% or more of the check."), ("Practice", "Two conversations")),
    criteria="80% or more of the check.",
    does_not_attest="This is a record of training.",
    programme="Harbour Hospitals",
    base_url=SITE,
    language="en",
    status_list=f"{LISTS}1",
    status_index=4711,
)


def sams_badge() -> dict[str, Any]:
    """Return a signed badge that is always the same."""
    return open_badge.sign(open_badge.build(SAMS, ISSUER), KEY, ISSUER.key, NOON)


def verified(badge: dict[str, Any] | bytes) -> dict[str, Any]:
    """Verify a badge with the key that signed it."""
    text = badge if isinstance(badge, bytes) else open_badge.as_bytes(badge)
    return open_badge.verify(text, {ISSUER.key: PUBLIC}, LISTS)


OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
REVOCATION = {
    "id": f"{LISTS}1#4711",
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "4711",
    "statusListCredential": f"{LISTS}1",
}


def at_first() -> dict[str, Any]:
    """Sam's badge as it was signed before there were lists of suspensions, with its one entry."""
    document = open_badge.build(SAMS, ISSUER)
    document["credentialStatus"] = REVOCATION
    return open_badge.sign(document, KEY, ISSUER.key, NOON)


def badge_of(site: Site, code: str) -> bytes:
    """Return the signed badge of a certificate."""
    with site.inside():
        award = records.find_award(code)
        assert award is not None
        found = badge_records.find_credential(award.id)
        assert found is not None
        return found.content


def revoke(site: Site, code: str) -> None:
    """Withdraw a certificate, and let the job process update the status lists."""
    with site.inside():
        award = records.find_award(code)
        assert award is not None
        number = award.id
    site.do(actions.withdraw, number, "other")
    site.work()


SUSPENSION = "/suspension"


def listed(site: Site, purpose: str = "") -> dict[str, Any]:
    """Return the first list as anybody gets it, for revocations or with "/suspension"."""
    response = site.stranger().get(f"/credentials/status/1{purpose}").response
    assert response.mimetype == "application/vc+json" and response.headers["Access-Control-Allow-Origin"] == "*"
    told: dict[str, Any] = json.loads(response.data)
    return told


def bits(site: Site, purpose: str = "") -> list[int]:
    """Return the places of that list whose badges are in it."""
    told = listed(site, purpose)
    packed = told["credentialSubject"]["encodedList"]
    whole = decompress(urlsafe_b64decode(packed[1:] + "=" * (-len(packed[1:]) % 4)))
    return [at for at in range(LIST_LENGTH) if whole[at // 8] & (128 >> at % 8)]
