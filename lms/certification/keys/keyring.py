"""Signing keys: made on first use in the data folder or brought along, and never quietly replaced."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from lms.foundation.config.settings import Settings

Kind = Literal["document", "badge"]
_TWENTY_YEARS = timedelta(days=7305)


class KeyTrouble(Exception):
    """A signing key cannot be used; the message says which file, and what to do."""


@dataclass(frozen=True)
class Ring:
    """The two keys of a site: one signs documents, with its certificate, the other signs badges."""

    document_key: EllipticCurvePrivateKey
    certificate: x509.Certificate
    badge_key: Ed25519PrivateKey

    @property
    def badge_public(self) -> bytes:
        """Return the 32 public bytes of the badge key."""
        return self.badge_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def certificate_pem(self) -> str:
        """Return the certificate as it is handed out."""
        return self.certificate.public_bytes(Encoding.PEM).decode()

    @property
    def certificate_id(self) -> str:
        """Return the SHA-256 of the certificate in hex."""
        return hashlib.sha256(self.certificate.public_bytes(Encoding.DER)).hexdigest()


def open_ring(settings: Settings, in_use: Set[str]) -> Ring:
    """Return the site's keys; a missing one is made only while nothing was signed with its like."""
    folder = settings.data / "keys"
    own = folder / "document-signing.pem"
    path = Path(settings.signing_key) if settings.signing_key else own
    certificate_path = Path(settings.signing_cert) if settings.signing_cert else folder / "document-signing.crt"
    badge_path = folder / "badge-signing.pem"
    if not badge_path.exists() or (path == own and not path.exists()):
        with _alone(folder):
            if path == own and not path.exists():
                _may_be_made("document", path, in_use)
                _make_document_key(path, certificate_path, urlsplit(settings.base_url).netloc)
            if not badge_path.exists():
                _may_be_made("badge", badge_path, in_use)
                _write(badge_path, _pem(Ed25519PrivateKey.generate()))
    document_key, badge_key = _read_key(path), _read_key(badge_path)
    if not isinstance(document_key, EllipticCurvePrivateKey) or not isinstance(document_key.curve, SECP256R1):
        raise KeyTrouble(f"{path} holds another kind of key. Documents are signed with ECDSA on P-256.")
    if not isinstance(badge_key, Ed25519PrivateKey):
        raise KeyTrouble(f"{badge_path} holds another kind of key. Badges are signed with Ed25519.")
    certificate = _read_certificate(certificate_path)
    if certificate.public_key() != document_key.public_key():
        raise KeyTrouble(f"{certificate_path} belongs to another key than {path}. Put the two that belong together.")
    return Ring(document_key, certificate, badge_key)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time make keys, so that a certificate always belongs to the key beside it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    gate = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield
    finally:
        os.close(gate)


def _may_be_made(kind: Kind, path: Path, in_use: Set[str]) -> None:
    if kind in in_use:
        raise KeyTrouble(
            f"{path} is missing, and certificates were signed with it. Please put it back from a backup of "
            "LMS_DATA/keys. If it is lost for good: lms certificates new-keys"
        )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as trouble:
        raise KeyTrouble(
            f"{path} cannot be read: {trouble.strerror}. The user who runs the site must own it."
        ) from None


def _read_key(path: Path) -> PrivateKeyTypes:
    try:
        return load_pem_private_key(_read(path), None)
    except (ValueError, TypeError):
        raise KeyTrouble(f"{path} is not a private key in PEM without a passphrase.") from None


def _read_certificate(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(_read(path))
    except ValueError:
        raise KeyTrouble(f"{path} is not a certificate in PEM.") from None


def _pem(key: EllipticCurvePrivateKey | Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads; one that another process wrote meanwhile stands."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    try:
        os.link(half, path)
    except FileExistsError:
        return
    finally:
        half.unlink()


def _make_document_key(path: Path, certificate_path: Path, host: str) -> None:
    """Make a key and its certificate; the certificate lies there first, so that a key is never without one."""
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Sidelight at {host}"[:64])])
    now = datetime.now(UTC).replace(microsecond=0)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _TWENTY_YEARS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_ONLY_SIGNS, critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_path.unlink(missing_ok=True)
    _write(certificate_path, signed.public_bytes(Encoding.PEM))
    _write(path, _pem(key))


_ONLY_SIGNS = x509.KeyUsage(
    digital_signature=True,
    content_commitment=True,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)


def put_aside(settings: Settings) -> list[Path]:
    """Put the site's own keys aside, so that new ones are made; return where they lie now."""
    folder, moved = settings.data / "keys", []
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    for name in ("document-signing.pem", "document-signing.crt", "badge-signing.pem"):
        if (folder / name).exists():
            (folder / name).rename(folder / f"{name}.until-{stamp}")
            moved.append(folder / f"{name}.until-{stamp}")
    return moved
