"""Encryption of small secrets in the database: AES-256-GCM under a key that HKDF (RFC 5869) makes of the site's."""

from __future__ import annotations

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


class Box:
    """Encrypts for one purpose; what was encrypted for another one isn't opened."""

    def __init__(self, key: bytes, purpose: bytes) -> None:
        self._cipher = AESGCM(HKDF(SHA256(), 32, None, purpose).derive(key))

    def close(self, secret: bytes, about: bytes) -> str:
        """Return a secret encrypted, as text, bound to what it's about."""
        nonce = os.urandom(NONCE_BYTES)
        return base64.urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, secret, about)).decode()

    def open(self, text: str, about: bytes) -> bytes | None:
        """Return what was encrypted; None when the key, what it's about or the text is another one."""
        try:
            both = base64.urlsafe_b64decode(text.encode())
            return self._cipher.decrypt(both[:NONCE_BYTES], both[NONCE_BYTES:], about)
        except (InvalidTag, ValueError, binascii.Error):
            return None
