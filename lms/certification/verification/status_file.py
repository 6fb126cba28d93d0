"""Read signed status lists from files, strictly and against known keys, without a network."""

from __future__ import annotations

import gzip
import io
import re
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pyld import jsonld

from lms.certification.badges.open_badge import PROOF, SUITE, BadgeRefused, read_json, what_is_signed
from lms.certification.badges.rules import LIST_LENGTH
from lms.certification.badges.status_list import CREDENTIALS, Json
from lms.certification.keys.did import DID_KEY, from_base58
from lms.certification.keys.ed25519 import is_signed
from lms.certification.keys.key_dates import KeyDates
from lms.certification.verification.file_reader import KnownKeys

MEMBERS = {"@context", "id", "type", "issuer", "validFrom", "validUntil", "credentialSubject", "proof"}
SUBJECT = {"id", "type", "statusPurpose", "encodedList", "ttl"}
TYPES = ["VerifiableCredential", "BitstringStatusListCredential"]
_PACKED = re.compile(r"u[A-Za-z0-9_-]+")


class ListRefused(Exception):
    """A status list isn't accepted; the message is a key of `refusals`."""


@dataclass(frozen=True)
class StatusFile:
    """A status list of the site: its address, its purpose, its bits and when it was signed."""

    address: str
    purpose: str
    bits: bytes
    signed_at: datetime

    def has(self, badge: Json) -> bool:
        """Return whether a verified badge is withdrawn or replaced according to this list; raise ListRefused."""
        entry = badge["credentialStatus"]
        if (entry["statusListCredential"], entry["statusPurpose"]) != (self.address, self.purpose):
            raise ListRefused("list-of-another")
        index = int(entry["statusListIndex"])
        return bool(self.bits[index // 8] & (128 >> index % 8))


def read_status_file(text: bytes, keys: KnownKeys, now: datetime) -> StatusFile:
    """Return the list that a text holds, once one of the keys signed it and it's valid now; raise ListRefused."""
    try:
        document = read_json(text)
        _check_shape(document)
        subject, proof = document["credentialSubject"], document["proof"]
        starts, ends, signed_at = map(
            datetime.fromisoformat, (document["validFrom"], document["validUntil"], proof["created"])
        )
        bits = _unpack(subject["encodedList"])
        is_early, is_over = max(starts, signed_at) > now, ends < now
    except (BadgeRefused, ValueError, TypeError, KeyError, AttributeError):
        raise ListRefused("list-unreadable") from None
    _check_signature(document, signed_at, keys)
    if is_early or is_over:
        raise ListRefused("list-early" if is_early else "list-expired")
    return StatusFile(document["id"], subject["statusPurpose"], bits, signed_at)


def _check_shape(document: Any) -> None:
    subject, proof = document["credentialSubject"], document["proof"]
    shapes = ((document, MEMBERS), (subject, SUBJECT), (proof, PROOF))
    as_written = all(isinstance(part, dict) and set(part) == names for part, names in shapes)
    kinds = (document["@context"], document["type"], subject["type"], proof["type"])
    if not as_written or kinds != ([CREDENTIALS], TYPES, "BitstringStatusList", "DataIntegrityProof"):
        raise ValueError("another shape")
    if subject["statusPurpose"] not in {"revocation", "suspension"} or subject["id"] != f"{document['id']}#list":
        raise ValueError("another purpose")


def _unpack(packed: str) -> bytes:
    """Return the bits of a list. They have one length, and nothing beyond it is unpacked."""
    if not _PACKED.fullmatch(packed):
        raise ValueError("not packed as ours are")
    content = urlsafe_b64decode(packed[1:] + "=" * (-len(packed[1:]) % 4))
    try:
        bits = gzip.GzipFile(fileobj=io.BytesIO(content)).read(LIST_LENGTH // 8 + 1)
    except (OSError, EOFError):
        raise ValueError("not packed") from None
    if len(bits) != LIST_LENGTH // 8:
        raise ValueError("another length")
    return bits


def _check_signature(document: Json, signed_at: datetime, keys: KnownKeys) -> None:
    proof = document["proof"]
    method = proof["verificationMethod"]
    public = keys.badge_keys.get(method)
    if public is None or proof["cryptosuite"] != SUITE or proof["proofPurpose"] != "assertionMethod":
        raise ListRefused("list-foreign")
    if document["issuer"] != method.partition("#")[0] or not document["id"].startswith(keys.status_lists):
        raise ListRefused("list-foreign")
    dates = keys.dates_of(public)
    if method.startswith(DID_KEY):
        # Such a site's earlier lists continue to be signed with the earlier key.
        dates = KeyDates(None, dates.compromised_from)
    if dates.doubt(signed_at.astimezone(UTC)):
        raise ListRefused("list-foreign")
    bare = {name: part for name, part in proof.items() if name != "proofValue"}
    unsigned = {name: part for name, part in document.items() if name != "proof"}
    try:
        is_ours = is_signed(public, from_base58(proof["proofValue"]), what_is_signed(unsigned, bare))
    except (BadgeRefused, ValueError, jsonld.JsonLdError):
        is_ours = False
    if not is_ours:
        raise ListRefused("list-changed")
