"""Whether an Ed25519 key (RFC 8032) signed something."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def is_signed(public: bytes, signature: bytes, message: bytes) -> bool:
    """Return whether the private half of a public key, of 32 bytes, made a signature of 64 bytes over a message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True
