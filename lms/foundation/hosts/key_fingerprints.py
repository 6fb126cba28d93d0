"""Fingerprints of a site's keys: they show whether two keys are the same, and reveal nothing else about them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate

from lms.foundation.config.settings import Settings
from lms.foundation.keys import AUDIT, seal


def fingerprints_of(settings: Settings) -> dict[str, str]:
    """Return the fingerprint of each key of a site by its file name: of a pair the SHA-256 of its public half."""
    folder = settings.data / "keys"
    paths = [path for path in sorted(folder.glob("*")) if not path.name.startswith(".")]
    if settings.signing_key:
        paths += [Path(settings.signing_key), Path(settings.signing_cert)]
    found = {path.name: _fingerprint(path) for path in paths if path.is_file()}
    return {name: value for name, value in found.items() if value}


def _fingerprint(path: Path) -> str:
    content = path.read_bytes()
    if path.name in {"secret", AUDIT}:
        return seal(content, "fingerprint")
    try:
        if b"CERTIFICATE" in content:
            public = load_pem_x509_certificate(content).public_bytes(Encoding.DER)
        elif b"PRIVATE KEY" in content:
            key = load_pem_private_key(content, None)
            public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        else:
            return ""
    except (ValueError, TypeError):
        return ""
    return hashlib.sha256(public).hexdigest()
