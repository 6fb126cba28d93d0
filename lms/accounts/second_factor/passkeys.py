"""Passkeys: what a browser is asked for, and whether its answer is right (WebAuthn level 3)."""

from __future__ import annotations

import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from lms.accounts.records import Person
from lms.accounts.rules import passkey_host
from lms.accounts.second_factor.records import Passkey
from lms.foundation.config.settings import Settings
from lms.foundation.late import late

if TYPE_CHECKING:
    import webauthn
    from webauthn.helpers import exceptions
else:
    webauthn = late("webauthn")  # 0.3 s and 8 MB (pyOpenSSL, pyasn1), which only pages that use a passkey need
    exceptions = late("webauthn.helpers.exceptions")  # the same

CHALLENGE_BYTES, WAIT_MILLISECONDS = 32, 120_000
# ES256, EdDSA and RS256: what authenticators have.
ALGORITHMS = (-7, -8, -257)
ANSWER_MOST = 16_384


@dataclass(frozen=True)
class NewPasskey:
    """A passkey that a browser just made for this site."""

    credential_id: str
    public_key: bytes
    sign_count: int


@dataclass(frozen=True)
class UsedPasskey:
    """A right answer of a passkey to a challenge."""

    credential_id: str
    challenge: str
    sign_count: int


def host_of(settings: Settings) -> str | None:
    """Return the name for which passkeys are made, if this site can have any."""
    return passkey_host(settings.base_url)


def to_make(settings: Settings, person: Person, passkeys: list[Passkey], challenge: str) -> dict[str, Any]:
    """Return what a browser needs to make a passkey, in the JSON form of WebAuthn."""
    return {
        "challenge": challenge,
        "rp": {"id": host_of(settings), "name": "Sidelight"},
        "user": {"id": as_text(person.public_id.encode()), "name": person.email, "displayName": person.display_name},
        "pubKeyCredParams": [{"type": "public-key", "alg": number} for number in ALGORITHMS],
        "excludeCredentials": [{"type": "public-key", "id": row.credential_id} for row in passkeys],
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "required",
        },
        "attestation": "none",
        "timeout": WAIT_MILLISECONDS,
    }


def to_use(settings: Settings, challenge: str) -> dict[str, Any]:
    """Return what a browser needs to let somebody choose one of their passkeys for this site."""
    return {
        "challenge": challenge,
        "rpId": host_of(settings),
        "userVerification": "required",
        "timeout": WAIT_MILLISECONDS,
    }


def as_text(content: bytes) -> str:
    """Return bytes in base64url without padding, as WebAuthn writes them."""
    return binascii.b2a_base64(content, newline=False).decode().rstrip("=").translate(str.maketrans("+/", "-_"))


def _as_bytes(text: str) -> bytes:
    return binascii.a2b_base64(text.translate(str.maketrans("-_", "+/")) + "=" * (-len(text) % 4))


class _Library(NamedTuple):
    """What checks the answers of passkeys, and how it says that one isn't right."""

    check_new: Callable[..., Any]
    check_used: Callable[..., Any]
    refusal: type[Exception]


def _library() -> _Library:
    refusal = exceptions.WebAuthnException
    return _Library(webauthn.verify_registration_response, webauthn.verify_authentication_response, refusal)


def read_new(settings: Settings, answer: str, challenge: str) -> NewPasskey | None:
    """Return the passkey that a browser made in answer to a challenge; None when the answer isn't right."""
    library = _library()
    try:
        done = library.check_new(
            credential=_read(answer),
            expected_challenge=_as_bytes(challenge),
            expected_rp_id=host_of(settings) or "",
            expected_origin=settings.base_url,
            require_user_verification=True,
        )
    except (library.refusal, ValueError, LookupError, TypeError):
        return None
    return NewPasskey(as_text(done.credential_id), done.credential_public_key, done.sign_count)


def name_in(answer: str) -> str:
    """Return the id of the passkey that an answer names; empty when it names none."""
    try:
        return str(_read(answer)["id"])
    except (ValueError, LookupError, TypeError):
        return ""


def read_used(settings: Settings, answer: str, challenge: str, passkey: Passkey) -> UsedPasskey | None:
    """Return a passkey's answer to a challenge; None when it isn't right."""
    library = _library()
    try:
        done = library.check_used(
            credential=_read(answer),
            expected_challenge=_as_bytes(challenge),
            expected_rp_id=host_of(settings) or "",
            expected_origin=settings.base_url,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (library.refusal, ValueError, LookupError, TypeError):
        return None
    return UsedPasskey(passkey.credential_id, challenge, done.new_sign_count)


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > ANSWER_MOST:
        raise ValueError("no browser answers at such length")
    found = json.loads(answer)
    if not isinstance(found, dict):
        raise TypeError("an answer is an object")
    return found
