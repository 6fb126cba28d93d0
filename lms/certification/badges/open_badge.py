"""Open Badges 3.0: a certificate as a credential that others can verify, built, signed and read strictly."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pyld import jsonld

from lms.certification.badges.json_ld import Processor
from lms.certification.badges.rules import LIST_LENGTH
from lms.certification.badges.shape import OtherShape, check_shape
from lms.certification.badges.status_list import CREDENTIALS, Json, Purpose, list_address, written
from lms.certification.keys.did import Issuer, from_base58, to_base58

OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
SUITE = "eddsa-rdfc-2022"
_PINNED = {
    CREDENTIALS: "credentials-v2.json",
    OPEN_BADGES: "openbadges-3.0.3.json",
}
_EARLIEST = timezone(timedelta(hours=14))
PROOF = {"type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"}
_STATUS = {"id", "type", "statusPurpose", "statusListIndex", "statusListCredential"}
_BYTES_MOST, _DEPTH_MOST = 262_144, 12
# Written in one way only, and small enough for any database.
_NUMBER = re.compile(r"(?:0|[1-9][0-9]{0,8})\Z")


class BadgeRefused(Exception):
    """A badge is not accepted; the message is a word of `refusals`."""


@dataclass(frozen=True)
class BadgeContent:
    """What a badge says: the same as document and page."""

    id: str
    name: str
    course_id: str
    course_title: str
    version: str
    digest: str
    awarded_on: date
    valid_until: date | None
    stands_behind: tuple[tuple[str, str], ...]
    criteria: str
    does_not_attest: str
    programme: str
    base_url: str
    language: str
    status_list: str
    status_index: int
    zone: str = "UTC"
    issued_at: datetime | None = None

    @property
    def valid_from(self) -> datetime:
        """The beginning of the day of the award where its programme is, never later than the act of issuing.

        Where the programme has moved to another zone since, the day is taken to begin where it begins first on Earth.
        """
        begins = datetime.combine(self.awarded_on, time(0), ZoneInfo(self.zone))
        if self.issued_at is None or begins <= self.issued_at:
            return begins
        return datetime.combine(self.awarded_on, time(0), _EARLIEST)


def build(content: BadgeContent, issuer: Issuer) -> Json:
    """Return the credential, not signed yet."""
    until = {"validUntil": last_moment(content.valid_until, content.zone)} if content.valid_until else {}
    achievement = {
        "id": f"urn:sidelight:{content.course_id}:{content.digest}",
        "type": ["Achievement"],
        "name": content.course_title,
        "version": content.version,
        "description": f"{content.course_title}. {content.does_not_attest}",
        "criteria": {"narrative": content.criteria},
        "inLanguage": content.language,
    }
    named = {"type": "IdentityObject", "hashed": False, "identityHash": content.name, "identityType": "name"}
    return {
        "@context": [CREDENTIALS, OPEN_BADGES],
        "id": content.id,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": content.course_title,
        "issuer": {"id": issuer.id, "type": ["Profile"], "name": content.programme, "url": content.base_url},
        "validFrom": written(content.valid_from),
        **until,
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [named],
            "achievement": achievement,
        },
        "evidence": [{"type": ["Evidence"], "name": kind, "narrative": text} for kind, text in content.stands_behind],
        "credentialStatus": _entry(content, "suspension"),
    }


def _entry(content: BadgeContent, purpose: Purpose) -> Json:
    """Return where a badge says that it ended for good, or is withdrawn for now: the same index in two lists."""
    address = list_address(content.status_list, purpose)
    return {
        "id": f"{address}#{content.status_index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(content.status_index),
        "statusListCredential": address,
    }


def last_moment(day: date, zone: str) -> str:
    """Return the last second of a day in a time zone, the later one where clocks are put back at midnight."""
    return written(datetime.combine(day, time(23, 59, 59, fold=1), ZoneInfo(zone)))


def sign(document: Json, key: Ed25519PrivateKey, method: str, created: datetime) -> Json:
    """Return the credential with its proof; the same input gives the same bytes."""
    proof = {
        "type": "DataIntegrityProof",
        "created": created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "verificationMethod": method,
        "cryptosuite": SUITE,
        "proofPurpose": "assertionMethod",
    }
    value = key.sign(what_is_signed(document, proof))
    return {**document, "proof": {**proof, "proofValue": f"z{to_base58(value)}"}}


def what_is_signed(document: Json, proof: Json) -> bytes:
    """Return the 64 bytes that the signature is over: one digest of the proof, one of the document."""
    about = json.dumps({"@context": document["@context"], **proof})
    return _digest_of_proof(about) + hashlib.sha256(_canonical(document)).digest()


@lru_cache(maxsize=64)
def _digest_of_proof(about: str) -> bytes:
    """Return the digest of a proof without its value, which all badges of one day and key share."""
    return hashlib.sha256(_canonical(json.loads(about))).digest()


def as_bytes(document: Json) -> bytes:
    """Return a credential as it is kept and handed out."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def verify(text: bytes, keys: Mapping[str, bytes], status_lists: str) -> Json:
    """Return the badge that a text holds, once each part of it is ours; raise BadgeRefused otherwise.

    `keys` are our public keys by their full names, `status_lists` is how the addresses of our lists begin.
    Whether it is withdrawn or past its day is for whoever knows the day and the register. Nothing is fetched.
    """
    document = _read(text)
    if document.get("@context") != [CREDENTIALS, OPEN_BADGES]:
        raise BadgeRefused("badge-words")
    _check_names(document)
    proof = document.get("proof")
    if not isinstance(proof, dict) or set(proof) != PROOF or not all(isinstance(each, str) for each in proof.values()):
        raise BadgeRefused("badge-unsigned")
    method, value = proof["verificationMethod"], proof["proofValue"]
    if proof["cryptosuite"] != SUITE or proof["proofPurpose"] != "assertionMethod" or method not in keys:
        raise BadgeRefused("badge-foreign")
    issuer = document.get("issuer")
    if not isinstance(issuer, dict) or issuer.get("id") != method.partition("#")[0]:
        raise BadgeRefused("badge-issuer")
    _check_status(document.get("credentialStatus"), status_lists)
    unsigned = {name: part for name, part in document.items() if name != "proof"}
    _check_members(unsigned)
    bare = {name: part for name, part in proof.items() if name != "proofValue"}
    try:
        signed = what_is_signed(unsigned, bare)
        Ed25519PublicKey.from_public_bytes(keys[method]).verify(from_base58(value), signed)
    except (InvalidSignature, ValueError):
        raise BadgeRefused("badge-changed") from None
    except jsonld.JsonLdError:
        raise BadgeRefused("badge-words") from None
    return document


def _read(text: bytes) -> Json:
    document = read_json(text)
    if not isinstance(document, dict):
        raise BadgeRefused("badge-unreadable")
    return document


def read_json(text: bytes) -> Any:
    """Parse JSON; raise BadgeRefused if it isn't JSON, is too large, or has a key twice in one object."""

    def once_each(pairs: list[tuple[str, Any]]) -> Json:
        if len({name for name, _value in pairs}) != len(pairs):
            raise BadgeRefused("badge-twice")
        return dict(pairs)

    if len(text) > _BYTES_MOST:
        raise BadgeRefused("too-large")
    try:
        return json.loads(text.decode(), object_pairs_hook=once_each, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise BadgeRefused("badge-unreadable") from None


def _no_number(word: str) -> None:
    """Refuse NaN and infinities, which JSON does not have."""
    raise ValueError(word)


def _check_members(document: Json) -> None:
    try:
        check_shape(document)
    except OtherShape as other:
        raise BadgeRefused("badge-unknown-words" if other.unknown else "badge-shape") from None


def _check_names(part: Any, depth: int = 0) -> None:
    """Refuse names that are addresses, and whatever gives words another meaning further in."""
    if depth > _DEPTH_MOST:
        raise BadgeRefused("badge-deep")
    if isinstance(part, list):
        for each in part:
            _check_names(each, depth + 1)
    if isinstance(part, dict):
        for name, value in part.items():
            if ":" in name or (name.startswith("@") and not (name == "@context" and depth == 0)):
                raise BadgeRefused("badge-words")
            _check_names(value, depth + 1)


def _check_status(status: Any, status_lists: str) -> None:
    """Hold a badge to one entry in our lists: of suspensions, or of revocations as badges had at first.

    Open Badges 3.0 has one `credentialStatus` at most, where Verifiable Credentials 2.0 has any number.
    """
    if not isinstance(status, dict) or set(status) != _STATUS:
        raise BadgeRefused("badge-no-status")
    _hold_to_ours(status, "suspension" if status["statusPurpose"] == "suspension" else "revocation", status_lists)


def _hold_to_ours(entry: Json, purpose: Purpose, status_lists: str) -> None:
    """Refuse an entry that isn't for a purpose and a place in a list of ours."""
    address, index = entry["statusListCredential"], entry["statusListIndex"]
    number = address[len(status_lists) :].removesuffix(list_address("", purpose)) if isinstance(address, str) else ""
    if not _NUMBER.match(number) or address != list_address(f"{status_lists}{number}", purpose):
        raise BadgeRefused("badge-status-elsewhere")
    if entry["type"] != "BitstringStatusListEntry" or entry["statusPurpose"] != purpose:
        raise BadgeRefused("badge-status-elsewhere")
    if not (isinstance(index, str) and _NUMBER.match(index) and int(index) < LIST_LENGTH):
        raise BadgeRefused("badge-status-elsewhere")
    if entry["id"] != f"{address}#{index}":
        raise BadgeRefused("badge-status-elsewhere")


def _canonical(document: Json) -> bytes:
    """Return a document as sorted statements; raise for any member that no context defines."""

    def refuse(_member: str) -> None:
        raise BadgeRefused("badge-unknown-words")

    options = {"documentLoader": _pinned}
    expanded = Processor(on_property_dropped=refuse).expand(document, options)
    text: str = jsonld.normalize(
        expanded, {**options, "algorithm": "URDNA2015", "format": "application/n-quads", "skipExpansion": True}
    )
    return text.encode()


@lru_cache
def _context(address: str) -> Json:
    found: Json = json.loads((Path(__file__).parent / "contexts" / _PINNED[address]).read_text("utf-8"))
    return found


def _pinned(address: str, _options: object = None) -> Json:
    """Return a context that comes with the code; no other is known, and nothing is fetched."""
    if address not in _PINNED:
        raise BadgeRefused("badge-words")
    return {
        "contextUrl": None,
        "documentUrl": address,
        "document": _context(address),
        "contentType": "application/ld+json",
        # It never changes, so the processor may keep what it made of it.
        "tag": "static",
    }
