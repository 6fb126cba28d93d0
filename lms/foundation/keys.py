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


@lru_cache(maxsize=8)
def secret_key(data: Path) -> bytes:
    """Return the site's 32 secret bytes, making the file with mode 0600 when there is none."""
    path = data / "keys" / "secret"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        # It takes its place whole, so that a process which starts at the same moment never reads half of it.
        handle, half = tempfile.mkstemp(dir=path.parent, prefix=".secret-")
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
        with suppress(FileExistsError):
            os.link(half, path)
        os.unlink(half)
    return path.read_bytes()


def seal(key: bytes, *parts: str) -> str:
    """Return an HMAC-SHA256 in hex over the parts, which cannot be shifted into one another."""
    message = "".join(f"{len(part)}:{part}" for part in parts)
    return hmac.digest(key, message.encode(), "sha256").hex()


def network_mark(key: bytes, address: str, day: date) -> str:
    """Return a mark of the /24 or /48 an address belongs to, which nobody can follow past the day."""
    parts = address.split(":")[:3] if ":" in address else address.split(".")[:3]
    return seal(key, "network", day.isoformat(), *parts)[:32]


def fingerprint(token: str) -> str:
    """Return the SHA-256 of a token in hex: what the database keeps in its place."""
    return hashlib.sha256(token.encode()).hexdigest()
