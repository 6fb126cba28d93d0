"""What a file is, before the register was asked: its kind, its problems, and the badge in it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

BYTES_MOST = 1_000_000


@dataclass(frozen=True)
class Reading:
    """What a file is; `problem` is a key of `refusals` or empty, and a badge is there once it was verified.

    `doubt` is why its key can't be trusted unless our records have the same file. `stamped_at` is when a timestamp
    server saw the signature, as an ISO moment.
    """

    kind: str
    problem: str
    sha256: str
    code: str = ""
    badge: dict[str, Any] | None = None
    doubt: str = ""
    stamped_at: str = ""


def as_text(reading: Reading) -> str:
    """Return a reading as it passes from one process to another."""
    return json.dumps(asdict(reading))


def from_text(text: str) -> Reading:
    """Return the reading that a process told."""
    return Reading(**json.loads(text))


def said_in(badge: dict[str, Any]) -> dict[str, str]:
    """Return what a verified badge of ours says, by names; a day that it does not have is empty."""
    subject = badge["credentialSubject"]
    return {
        "name": subject["identifier"][0]["identityHash"],
        "course": badge["name"],
        "version": subject["achievement"]["version"],
        "awarded_on": badge["validFrom"][:10],
        "valid_until": badge.get("validUntil", "")[:10],
    }


def ends_at(badge: dict[str, Any]) -> datetime | None:
    """Return the last moment of a verified badge of ours, with the offset that it names; None for one without end."""
    return datetime.fromisoformat(badge["validUntil"]) if "validUntil" in badge else None


def status_place(badge: dict[str, Any]) -> tuple[int, int]:
    """Return the number of the lists and the index in them that a verified badge of ours names.

    Badges of before there were lists of suspensions name the list of revocations, later ones that of suspensions.
    """
    entry = badge["credentialStatus"]
    address = entry["statusListCredential"].removesuffix("/suspension")
    return int(address.rpartition("/")[2]), int(entry["statusListIndex"])
