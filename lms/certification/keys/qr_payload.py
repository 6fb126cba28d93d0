"""QR codes: the signed payload of a certificate after the # of its address, where no server sees it."""

from __future__ import annotations

from base64 import b32decode, b32encode
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

# Prefixed before signing and not sent along, so that nothing else this key signs can be taken for a QR code's payload.
_ABOUT = b"sidelight paper 1\n"
_FORMAT, _MARK, _SIGNATURE = b"\x01", 4, 64
_LONGEST = 2000


class QrRefused(Exception):
    """The payload of a QR code is not accepted; the message is a key of `REFUSALS`."""


@dataclass(frozen=True)
class QrPayload:
    """What a QR code says of its certificate; dates are eight digits, and empty where there is none."""

    code: str
    awarded_on: str
    valid_until: str
    version: str
    course: str
    name: str


def sealed(payload: QrPayload, key: Ed25519PrivateKey) -> str:
    """Return a payload with its signature, in the characters of which a QR code holds most; the same every time."""
    words = "\n".join(astuple(payload)).encode()
    mark = key.public_key().public_bytes_raw()[:_MARK]
    return b32encode(_FORMAT + mark + key.sign(_ABOUT + words) + words).decode().rstrip("=")


def read_payload(text: str, keys: Iterable[bytes]) -> QrPayload:
    """Return what a QR code says, if one of the keys signed it; raise QrRefused otherwise."""
    try:
        if not 0 < len(text) <= _LONGEST:
            raise QrRefused("square-unreadable")
        content = b32decode(text.upper() + "=" * (-len(text) % 8))
    except ValueError:
        raise QrRefused("square-unreadable") from None
    head = len(_FORMAT) + _MARK
    mark, signature, words = content[1:head], content[head : head + _SIGNATURE], content[head + _SIGNATURE :]
    key = next((key for key in keys if key[:_MARK] == mark), None)
    if not content.startswith(_FORMAT) or not words:
        raise QrRefused("square-unreadable")
    if key is None:
        raise QrRefused("square-foreign")
    # Imported here because web workers never check a QR code's signature: 7 ms and 1 MB.
    from lms.certification.keys.ed25519 import is_signed

    if not is_signed(key, signature, _ABOUT + words):
        raise QrRefused("square-changed")
    try:
        return QrPayload(*words.decode().split("\n"))
    except (UnicodeDecodeError, TypeError):
        raise QrRefused("square-unreadable") from None
