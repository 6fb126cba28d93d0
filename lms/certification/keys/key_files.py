"""Read signing keys from files, and check that they can sign here and match their certificates."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from lms.foundation.config.settings import Settings

DocumentKey: TypeAlias = EllipticCurvePrivateKey | RSAPrivateKey
RSA_BITS_LEAST = 2048
_PEM = b"-----BEGIN"


class KeyTrouble(Exception):
    """A signing key cannot be used; the message says which file, and what to do."""


class KeyRests(KeyTrouble):
    """A signing key is in place but can't be used at the moment; the site runs, and what it would sign waits."""


@dataclass(frozen=True)
class Pair:
    """A key that signs documents, its certificate, and those of the authorities above it."""

    key: DocumentKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]


def read_own_pair(settings: Settings) -> Pair:
    """Return an organisation's own key and certificates: two files in PEM, or one in PKCS#12."""
    path, passphrase = Path(settings.signing_key), settings.signing_passphrase
    content = _read(path)
    if content.lstrip().startswith(_PEM):
        if not settings.signing_cert:
            raise KeyTrouble(f"{path} is in PEM, so its certificate is needed beside it: LMS_SIGNING_CERT.")
        certificate_path = Path(settings.signing_cert)
        return check_pair(path, read_key(path, passphrase), certificate_path, read_certificates(certificate_path))
    try:
        packed = load_pkcs12(content, passphrase.encode() or None)
    except ValueError:
        raise KeyTrouble(f"{path} can’t be opened as PKCS#12. Please check LMS_SIGNING_PASSPHRASE.") from None
    if packed.key is None or packed.cert is None:
        raise KeyTrouble(f"{path} has no key with its certificate in it.")
    return check_pair(
        path, packed.key, path, [packed.cert.certificate, *(each.certificate for each in packed.additional_certs)]
    )


def check_pair(path: Path, key: PrivateKeyTypes, certificate_path: Path, found: list[x509.Certificate]) -> Pair:
    """Return a key with its certificate and chain; raise KeyTrouble if it can't sign here or they don't match."""
    is_ec = isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1)
    if not is_ec and not (isinstance(key, RSAPrivateKey) and key.key_size >= RSA_BITS_LEAST):
        raise KeyTrouble(
            f"{path} holds another kind of key. Documents are signed with ECDSA on P-256, or with RSA of "
            f"{RSA_BITS_LEAST} bits or more."
        )
    certificate, *others = found
    if certificate.public_key() != key.public_key():
        raise KeyTrouble(
            f"{certificate_path} doesn’t belong to the key in {path}. Please set the two that belong together."
        )
    # Whoever trusts the root has it already, and nobody else has any use for it.
    chain = tuple(each for each in others if each.subject != each.issuer)
    return Pair(key, certificate, chain)  # type: ignore[arg-type]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as trouble:
        raise KeyTrouble(
            f"{path} cannot be read: {trouble.strerror}. The user who runs the site must own it."
        ) from None


def read_key(path: Path, passphrase: str = "") -> PrivateKeyTypes:
    """Return the private key in a file in PEM."""
    try:
        return load_pem_private_key(_read(path), passphrase.encode() or None)
    except (ValueError, TypeError):
        how = "that LMS_SIGNING_PASSPHRASE opens" if passphrase else "without a passphrase"
        raise KeyTrouble(f"{path} is not a private key in PEM {how}.") from None


def read_certificates(path: Path) -> list[x509.Certificate]:
    """Return the certificates in a file in PEM, that of the key first."""
    try:
        return x509.load_pem_x509_certificates(_read(path))
    except ValueError:
        raise KeyTrouble(f"{path} is not a certificate in PEM.") from None
