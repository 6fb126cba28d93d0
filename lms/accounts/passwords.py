"""Passwords: Argon2id hashes, and a check for passwords that are easy to guess."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from lms.accounts.rules import PASSWORD_LEAST, PASSWORD_MOST
from lms.foundation.words import gettext as _

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """Return the hash to keep; it takes tens of milliseconds and must stand outside every write."""
    return _hasher.hash(unicodedata.normalize("NFKC", password))


def matches(password_hash: str | None, password: str) -> bool:
    """True when a password fits; an unknown person costs the same work."""
    try:
        return _hasher.verify(password_hash or _nobody(), unicodedata.normalize("NFKC", password)) and bool(
            password_hash
        )
    except (VerificationError, InvalidHashError):
        return False


def what_is_weak(password: str, about: list[str]) -> str | None:
    """Return what to change about a new password, or None; `about` are words close to the person."""
    from zxcvbn import zxcvbn

    if len(password) < PASSWORD_LEAST:
        return _("Please use at least %(least)s characters. Fifteen or more is better.", least=PASSWORD_LEAST)
    if len(password) > PASSWORD_MOST:
        return _("Please use at most %(most)s characters.", most=PASSWORD_MOST)
    if zxcvbn(password[:72], user_inputs=[word for word in about if word])["score"] < 2:
        return _(
            "This password is easy to guess. A few unrelated words in a row are easy to remember and hard to guess."
        )
    return None
