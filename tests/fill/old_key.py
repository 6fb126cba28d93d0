"""A signing key whose certificate is as old as the site that is filled: the site's own would begin today."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

NAMES = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign")
USAGE = dict.fromkeys((*NAMES, "encipher_only", "decipher_only"), False)


def make_key(data: Path, began: datetime) -> None:
    """Put a key for PDFs where the site keeps its own, valid from a day before it began and for twenty years."""
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Sidelight, filled")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(began - timedelta(days=1))
        .not_valid_after(began + timedelta(days=20 * 365))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**{**USAGE, "digital_signature": True, "content_commitment": True}), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = data / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for file, content in (("crt", certificate.public_bytes(Encoding.PEM)), ("pem", secret)):
        path = folder / f"document-signing.{file}"
        path.touch(mode=0o600)
        path.write_bytes(content)
