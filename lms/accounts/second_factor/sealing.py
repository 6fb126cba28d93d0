"""Sealing: secrets of authenticator apps under the site's key, and the half step between password and code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from itsdangerous import BadData, URLSafeSerializer

from lms.accounts.records import Person
from lms.accounts.rules import Vouched
from lms.accounts.second_factor.rules import HALF_STEP_SECONDS, SET_UP_SECONDS
from lms.foundation import clock
from lms.foundation.keys import fingerprint
from lms.foundation.late import late

if TYPE_CHECKING:
    from lms.foundation.storage import encryption
else:
    encryption = late("lms.foundation.storage.encryption")  # 30 ms and 5 MB (cryptography), for second steps

CHALLENGE_SECONDS = 300


def _box(key: bytes) -> encryption.Box:
    return encryption.Box(key, b"second factor/1")


def seal_secret(key: bytes, secret: bytes, *about: str) -> str:
    """Return a secret encrypted under the site's key, bound to whom and what it is for."""
    return _box(key).close(secret, "|".join(about).encode())


def open_secret(key: bytes, sealed: str, *about: str) -> bytes | None:
    """Return what was sealed; None when the key, the person or the text is another one."""
    return _box(key).open(sealed, "|".join(about).encode())


@dataclass(frozen=True)
class HalfStep:
    """A password that was right, and what its person chose; it opens nothing but the page of the second step.

    After single sign-on it's the provider's word in place of a password; `vouched_until` is 0 without one.
    """

    public_id: str
    own_device: bool
    password_mark: str
    vouched_until: float
    session: str

    @property
    def vouched(self) -> Vouched | None:
        """Until when the provider's word counts, if it was the first step."""
        if not self.vouched_until:
            return None
        return Vouched(datetime.fromtimestamp(self.vouched_until, UTC), session=self.session)


def _sign(key: bytes, purpose: str, *values: object) -> str:
    """Return values signed with the present moment."""
    signer = URLSafeSerializer(key.hex(), salt=purpose)
    return str(signer.dumps([int(clock.now().timestamp()), *values]))


def _read(key: bytes, purpose: str, text: str, seconds: int) -> list[Any] | None:
    """Return the values that were signed for a purpose within so many seconds."""
    try:
        made, *values = URLSafeSerializer(key.hex(), salt=purpose).loads(text)
    except BadData:
        return None
    return values if 0 <= clock.now().timestamp() - made < seconds else None


def password_mark(person: Person) -> str:
    """Return what ends a half step once the password is another one."""
    return fingerprint(person.password_hash)[:16]


def make_half_step(key: bytes, person: Person, own_device: bool, vouched: Vouched | None = None) -> str:
    """Return the signed half step of somebody whose password was right; it's stored in their page alone."""
    until, session = (vouched.until.timestamp(), vouched.session) if vouched else (0, "")
    return _sign(key, "half sign-in", person.public_id, own_device, password_mark(person), until, session)


def read_half_step(key: bytes, text: str) -> HalfStep | None:
    """Return a half step that was made within the last ten minutes."""
    values = _read(key, "half sign-in", text, HALF_STEP_SECONDS)
    return HalfStep(*values) if values else None


def sign_challenge(key: bytes, challenge: str) -> str:
    """Return a challenge for a passkey, signed, so that nothing has to be stored before it comes back."""
    return _sign(key, "passkey challenge", challenge)


def read_challenge(key: bytes, text: str) -> str | None:
    """Return a challenge of ours that was made within the last five minutes."""
    values = _read(key, "passkey challenge", text, CHALLENGE_SECONDS)
    return str(values[0]) if values else None


def sign_set_up(key: bytes, person_id: str, secret: bytes) -> str:
    """Return the secret of an app that is being set up, encrypted, as it waits in the page."""
    return _sign(key, "set up", seal_secret(key, secret, "set up", person_id))


def read_set_up(key: bytes, person_id: str, text: str) -> bytes | None:
    """Return the secret in the page of somebody who is setting up their app, within the hour."""
    values = _read(key, "set up", text, SET_UP_SECONDS)
    return open_secret(key, str(values[0]), "set up", person_id) if values else None
