"""Secrets: key files in the data folder, made on first use, readable by their owner only."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tempfile
from contextlib import suppress
from datetime import date
from functools import lru_cache
from pathlib import Path

from lms.foundation.networks import network_of

SECRET_BYTES = 32
AUDIT = "audit"


class BadKey(ValueError):
    """The site's secret cannot be used; the message says which file and what to do."""


@lru_cache(maxsize=8)
def secret_key(data: Path) -> bytes:
    """Return the site's 32 secret bytes, making the file with mode 0600 when there is none.

    Raise BadKey for a file of any other length, or of one byte over and over: everybody could compute what it seals.
    """
    return _key(
        data / "keys" / "secret",
        "a new one is made at the next start, everybody has to sign in again, and links in emails that were sent "
        "before stop working.",
    )


def audit_key(data: Path) -> bytes:
    """Return the 32 bytes that seal the audit trail, made and refused as the site's secret is.

    The file is read each time, so that a job process notices within a minute that it was lost or replaced.
    """
    return _key(data / "keys" / AUDIT, "a new one is made within a minute, and starts a new chain of seals.")


def find_audit_key(data: Path) -> bytes | None:
    """Return the key of the audit trail; None where there is none, and none is made."""
    return audit_key(data) if (data / "keys" / AUDIT).exists() else None


def _key(path: Path, without_backup: str) -> bytes:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        _make_secret(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadKey(f"{path} cannot be read: {error.strerror}.") from None
    way_on = f"Put it back from a backup. If there is none, delete the file: {without_backup}"
    if len(content) == SECRET_BYTES and len(set(content)) == 1:
        raise BadKey(
            f"{path} holds one byte over and over, as a power cut may leave a file, so it can be guessed. {way_on}"
        )
    if len(content) != SECRET_BYTES:
        raise BadKey(f"{path} holds {len(content)} bytes and not {SECRET_BYTES}, so it is damaged. {way_on}")
    return content


def _make_secret(path: Path) -> None:
    """Write the file so that it is there whole or not at all, also after a power cut, and for one of two processes."""
    handle, half = tempfile.mkstemp(dir=path.parent, prefix=".secret-")
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(SECRET_BYTES))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(half, path)
    os.unlink(half)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def seal(key: bytes, *parts: str) -> str:
    """Return an HMAC-SHA256 in hex over the parts, which cannot be shifted into one another."""
    message = "".join(f"{len(part)}:{part}" for part in parts)
    return hmac.digest(key, message.encode(), "sha256").hex()


def network_mark(key: bytes, address: str, day: date) -> str:
    """Return a mark of the /24 or /48 an address belongs to, which nobody can follow past the day."""
    return seal(key, "network", day.isoformat(), network_of(address))[:32]


def fingerprint(token: str) -> str:
    """Return the SHA-256 of a token in hex: what the database keeps in its place."""
    return hashlib.sha256(token.encode()).hexdigest()
