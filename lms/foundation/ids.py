"""Ids: ordered ones for primary keys, random ones for web addresses."""

from __future__ import annotations

import os
import secrets
import time
import uuid


def inner_id() -> str:
    """Return a new UUIDv7, which sorts by time and therefore never leaves the database."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10))
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return str(uuid.UUID(int=value))


def time_of(inner: str) -> float:
    """Return the moment of an inner id, in seconds since 1970; 0 for what is none."""
    try:
        return int(inner[:8] + inner[9:13], 16) / 1000
    except ValueError:
        return 0.0


def lowest_at(moment: float) -> str:
    """Return what sorts before every inner id that is made from a moment on, in seconds since 1970."""
    return str(uuid.UUID(int=max(0, int(moment * 1000)) << 80))


def public_id() -> str:
    """Return 96 random bits that are safe in an address."""
    return secrets.token_urlsafe(12)


def secret_token() -> str:
    """Return 256 random bits for a cookie or a one-time link."""
    return secrets.token_urlsafe(32)
