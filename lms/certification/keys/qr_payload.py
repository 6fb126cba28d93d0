"""QR codes: the signed words of a certificate after the # of its address, where no server sees them."""

from __future__ import annotations

from base64 import b32decode, b32encode
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

# Stands before what is signed and is not sent along, so that nothing else this key signs can be taken for a paper.
_ABOUT = b"sidelight paper 1\n"
_FORMAT, _MARK, _SIGNATURE = b"\x01", 4, 64
_LONGEST = 2000


class SquareRefused(Exception):
    """What stands behind an address is not accepted; the message is a word of `refusals`."""


@dataclass(frozen=True)
class Paper:
    """What a paper says of itself; days are written as eight digits, and one that it does not have is empty."""

    code: str
    awarded_on: str
    valid_until: str
    version: str
    course: str
    name: str


def sealed(paper: Paper, key: Ed25519PrivateKey) -> str:
    """Return a paper's words with their signature, in signs of which a square holds most; the same every time."""
    words = "\n".join(astuple(paper)).encode()
    mark = key.public_key().public_bytes_raw()[:_MARK]
    return b32encode(_FORMAT + mark + key.sign(_ABOUT + words) + words).decode().rstrip("=")


def opened(text: str, keys: Iterable[bytes]) -> Paper:
    """Return what a paper says, once one of the keys signed it; raise SquareRefused otherwise."""
    # Imported here because web workers never check a QR code's signature: 7 ms and 1 MB.
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        if not 0 < len(text) <= _LONGEST:
            raise SquareRefused("square-unreadable")
        content = b32decode(text.upper() + "=" * (-len(text) % 8))
    except ValueError:
        raise SquareRefused("square-unreadable") from None
    head = len(_FORMAT) + _MARK
    mark, signature, words = content[1:head], content[head : head + _SIGNATURE], content[head + _SIGNATURE :]
    key = next((key for key in keys if key[:_MARK] == mark), None)
    if not content.startswith(_FORMAT) or not words:
        raise SquareRefused("square-unreadable")
    if key is None:
        raise SquareRefused("square-foreign")
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, _ABOUT + words)
        return Paper(*words.decode().split("\n"))
    except InvalidSignature:
        raise SquareRefused("square-changed") from None
    except (UnicodeDecodeError, TypeError):
        raise SquareRefused("square-unreadable") from None
