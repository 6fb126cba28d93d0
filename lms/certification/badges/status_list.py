"""Status lists: which badges were revoked or suspended, one bit each, as a credential that anybody can read."""

from __future__ import annotations

import gzip
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeAlias

from lms.certification.badges.rules import LIST_LENGTH
from lms.certification.keys.did import Issuer

Json: TypeAlias = dict[str, Any]
Purpose: TypeAlias = Literal["revocation", "suspension"]

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
LIST_TTL = timedelta(minutes=5)


def written(moment: datetime) -> str:
    """Return a moment with the offset of its place, so that its date reads as it does on the certificate."""
    return moment.isoformat().replace("+00:00", "Z")


def list_address(address: str, purpose: Purpose) -> str:
    """Return the address of a list for one purpose; `address` is that of the list of revocations."""
    return address if purpose == "revocation" else f"{address}/{purpose}"


def status_credential(
    address: str, issuer: Issuer, purpose: Purpose, indexes: list[int], valid: tuple[datetime, datetime]
) -> Json:
    """Return a list of badges, one bit each, for one purpose, with its first and last moment, not signed yet."""
    bits = bytearray(LIST_LENGTH // 8)
    for index in indexes:
        bits[index // 8] |= 128 >> index % 8
    packed = urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).decode().rstrip("=")
    return {
        "@context": [CREDENTIALS],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer.id,
        "validFrom": written(valid[0].astimezone(UTC)),
        "validUntil": written(valid[1].astimezone(UTC)),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": f"u{packed}",
            # In milliseconds; the page that serves the list asks for no longer either.
            "ttl": LIST_TTL // timedelta(milliseconds=1),
        },
    }
