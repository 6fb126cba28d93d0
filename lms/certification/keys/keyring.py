"""Signing keys: made on first use in the data folder or brought along, and never quietly replaced."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

from lms.certification.keys.key_files import (
    DocumentKey,
    KeyTrouble,
    check_pair,
    read_certificates,
    read_key,
    read_own_pair,
)
from lms.foundation.config.settings import Settings
from lms.foundation.storage.files import sync_folder

Kind = Literal["document", "badge"]
_TWENTY_YEARS = timedelta(days=7305)
BADGE_KEY = "badge-signing.pem"
FILES: dict[Kind, tuple[str, ...]] = {
    "document": ("document-signing.pem", "document-signing.crt"),
    "badge": (BADGE_KEY,),
}


@dataclass(frozen=True)
class Ring:
    """The two keys of a site: one signs documents, with its certificate, the other signs badges.

    `chain` holds the certificates of the authorities between the certificate and its root, for an organisation's own.
    """

    document_key: DocumentKey
    certificate: x509.Certificate
    badge_key: Ed25519PrivateKey
    chain: tuple[x509.Certificate, ...] = ()

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
    own, badge_path = folder / "document-signing.pem", folder / BADGE_KEY
    certificate_path = folder / "document-signing.crt"
    make_own = not settings.signing_key and not own.exists()
    if make_own or not badge_path.exists():
        with _alone(folder):
            if make_own and not own.exists():
                _may_be_made("document", own, in_use)
                _make_document_key(own, certificate_path, urlsplit(settings.base_url).netloc)
            if not badge_path.exists():
                _may_be_made("badge", badge_path, in_use)
                _write(badge_path, _pem(Ed25519PrivateKey.generate()))
    badge_key = read_key(badge_path)
    if not isinstance(badge_key, Ed25519PrivateKey):
        raise KeyTrouble(f"{badge_path} holds another kind of key. Badges are signed with Ed25519.")
    if settings.signing_key:
        pair = read_own_pair(settings)
    else:
        pair = check_pair(own, read_key(own), certificate_path, read_certificates(certificate_path))
    return Ring(pair.key, pair.certificate, badge_key, pair.chain)


def find_earlier_badge_key(settings: Settings, public: bytes) -> Ed25519PrivateKey | None:
    """Return the earlier badge key with these public bytes, if it's still in the folder."""
    for path in sorted((settings.data / "keys").glob(f"{BADGE_KEY}.until-*")):
        with suppress(KeyTrouble):
            key = read_key(path)
            if isinstance(key, Ed25519PrivateKey) and key.public_key().public_bytes_raw() == public:
                return key
    return None


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


def _pem(key: EllipticCurvePrivateKey | Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, unless another process has written it meanwhile.

    It's on the disk when this returns: a key whose power went would leave certificates that nobody can check.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(half, path)
    half.unlink()
    sync_folder(path.parent)


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


def put_aside(settings: Settings, kinds: Set[str] = frozenset(FILES)) -> list[Path]:
    """Move the site's own keys of some kinds aside, so that new ones are made; return their new paths."""
    folder, moved = settings.data / "keys", []
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    for name in (name for kind in FILES if kind in kinds for name in FILES[kind]):
        if (folder / name).exists():
            (folder / name).rename(folder / f"{name}.until-{stamp}")
            moved.append(folder / f"{name}.until-{stamp}")
    return moved
