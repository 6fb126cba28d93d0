"""Time-based one-time codes (RFC 6238) and recovery codes: how they are made, read and compared."""

from __future__ import annotations

import base64
import hmac
from datetime import datetime, timedelta
from unicodedata import normalize
from urllib.parse import quote

STEP_SECONDS, DIGITS, SECRET_BYTES = 30, 6, 20
# A phone's clock may be a step ahead or behind.
DRIFT_STEPS = 1
# How long somebody has for the second step after their password, and for setting an app up.
HALF_STEP_SECONDS, SET_UP_SECONDS = 600, 3600
RECOVERY_CODES, RECOVERY_CHARACTERS = 10, 16
# Crockford's base 32, without the letters that are read as digits.
RECOVERY_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
# How long a password or code that was entered again lasts, and the sign-in itself for what can be undone.
PROOF_LASTS = timedelta(minutes=10)
PASSKEY_NAME_MOST, PASSKEYS_MOST = 60, 20


def step_of(moment: datetime) -> int:
    """Return the number of the half minute that a moment is in."""
    return int(moment.timestamp()) // STEP_SECONDS


def code_of(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """Return the code that an app shows in a step (RFC 6238 with SHA-1, as apps have it)."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def matching_step(secret: bytes, code: str, now: datetime, used: int) -> int | None:
    """Return the step whose code this is, within the drift and after the last one used; None when there is none."""
    middle = step_of(now)
    steps = range(middle - DRIFT_STEPS, middle + DRIFT_STEPS + 1)
    found = [step for step in steps if hmac.compare_digest(code_of(secret, step), code)]
    return next((step for step in found if step > used), None)


def read_code(text: str) -> str | None:
    """Return the six digits somebody typed or pasted, in whatever digits of their script; None when it's no code."""
    plain = "".join(
        sign for sign in normalize("NFKC", text) if not sign.isspace() and sign not in "-\u200b\u200e\u200f"
    )
    if len(plain) != DIGITS or not plain.isdecimal():
        return None
    return "".join(str(int(sign)) for sign in plain)


def read_recovery_code(text: str) -> str | None:
    """Return a recovery code as it is stored, whatever the case and spaces; None when it can't be one."""
    plain = "".join(sign for sign in normalize("NFKC", text).upper() if not sign.isspace() and sign != "-")
    plain = plain.translate(_READ_AS)
    return plain if len(plain) == RECOVERY_CHARACTERS and set(plain) <= set(RECOVERY_ALPHABET) else None


def in_groups(text: str) -> str:
    """Return a key or code in groups of four, as people copy it."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def key_of(secret: bytes) -> str:
    """Return a secret as apps take it when it is typed."""
    return base64.b32encode(secret).decode().rstrip("=")


def app_address(secret: bytes, account: str, site: str) -> str:
    """Return the otpauth address that the QR code holds."""
    label = f"{quote(site, safe='')}:{quote(account, safe='@')}"
    return f"otpauth://totp/{label}?secret={key_of(secret)}&issuer={quote(site, safe='')}"
