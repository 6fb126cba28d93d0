"""QR codes: the signed payload of a certificate after the # of its address, where no server sees it."""

from __future__ import annotations

from base64 import b32decode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from lms.foundation.late import late

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from lms.certification.keys import ed25519
else:
    ed25519 = late("lms.certification.keys.ed25519")  # 7 ms and 1 MB, for signatures of QR codes

# Prefixed before signing and not sent along, so that nothing else this key signs can be taken for a QR code's payload.
_ABOUT = b"sidelight paper 2\n"
_FORMAT, _MARK, _SIGNATURE, _DAY = b"\x02", 4, 64, 3
# Certificates printed before 30 November 2026 have this form.
_ABOUT_BASE32, _FORMAT_BASE32 = b"sidelight paper 1\n", b"\x01"
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
    """Return a payload with its signature as one decimal number; the same every time.

    A QR code holds most of digits. The certificate's code is signed but not in the number, as the address has it.
    """
    days = b"".join(map(_from_day, (payload.awarded_on, payload.valid_until)))
    words = days + "\n".join((payload.version, payload.course, payload.name)).encode()
    mark = key.public_key().public_bytes_raw()[:_MARK]
    signature = key.sign(_signed(payload.code, words))
    return str(int.from_bytes(_FORMAT + mark + signature + words))


def read_payload(text: str, keys: Iterable[bytes], code: str) -> QrPayload:
    """Return what a QR code with the address of a certificate says, if one of the keys signed it for that certificate.

    Raises QrRefused otherwise. In the form of earlier years the payload names its own code, which may be another.
    """
    content = _content_of(text)
    head = len(_FORMAT) + _MARK
    mark, signature, words = content[1:head], content[head : head + _SIGNATURE], content[head + _SIGNATURE :]
    key = next((key for key in keys if key[:_MARK] == mark), None)
    decimal = content.startswith(_FORMAT)
    if not words or not (decimal or content.startswith(_FORMAT_BASE32)):
        raise QrRefused("square-unreadable")
    if key is None:
        raise QrRefused("square-foreign")
    if not ed25519.is_signed(key, signature, _signed(code, words) if decimal else _ABOUT_BASE32 + words):
        raise QrRefused("square-changed")
    try:
        if not decimal:
            return QrPayload(*words.decode().split("\n"))
        days = (_to_day(words[:_DAY]), _to_day(words[_DAY : 2 * _DAY]))
        return QrPayload(code, *days, *words[2 * _DAY :].decode().split("\n"))
    except (ValueError, OverflowError, TypeError):
        raise QrRefused("square-unreadable") from None


def _content_of(text: str) -> bytes:
    if not (0 < len(text) <= _LONGEST and text.isascii()):
        raise QrRefused("square-unreadable")
    try:
        if text.isdecimal():
            number = int(text)
            return number.to_bytes((number.bit_length() + 7) // 8)
        return b32decode(text.upper() + "=" * (-len(text) % 8))
    except ValueError:
        raise QrRefused("square-unreadable") from None


def _signed(code: str, words: bytes) -> bytes:
    return _ABOUT + code.encode() + b"\n" + words


def _from_day(digits: str) -> bytes:
    """Return eight digits as a number of days that has 1 January of the year 1 as 1; 0 stands for none."""
    return (date.fromisoformat(digits).toordinal() if digits else 0).to_bytes(_DAY)


def _to_day(day: bytes) -> str:
    number = int.from_bytes(day)
    return date.fromordinal(number).isoformat().replace("-", "") if number else ""
