"""A signature by itself: signed data of CMS (RFC 5652) with the three signed attributes that PAdES asks for.

pyHanko makes the same, which a test compares, but takes twice as long over it as over all the rest of a signed file.
"""

from __future__ import annotations

import hashlib

from asn1crypto.core import Integer, Null, ObjectIdentifier
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from lms.certification.keys.keyring import Ring

# Tags: of a list, of a set, of bytes, and of the first and the fifth choice where one is told by its number.
_LIST, _SET, _BYTES, _CHOICE, _FIFTH = 0x30, 0x31, 0x04, 0xA0, 0xA4


def _der(tag: int, *parts: bytes) -> bytes:
    """Return parts under one tag, with their length before them."""
    body = b"".join(parts)
    if len(body) < 0x80:
        return bytes((tag, len(body))) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body


def _named(dotted: str) -> bytes:
    encoded: bytes = ObjectIdentifier(dotted).dump()
    return encoded


_DATA, _SIGNED_DATA = _named("1.2.840.113549.1.7.1"), _named("1.2.840.113549.1.7.2")
_CONTENT_TYPE, _DIGEST = _named("1.2.840.113549.1.9.3"), _named("1.2.840.113549.1.9.4")
_SIGNING_CERTIFICATE = _named("1.2.840.113549.1.9.16.2.47")
_SHA256 = _der(_LIST, _named("2.16.840.1.101.3.4.2.1"), Null().dump())
_ECDSA = _der(_LIST, _named("1.2.840.10045.4.3.2"))
_VERSION: bytes = Integer(1).dump()


def signed_data(digest: bytes, ring: Ring) -> bytes:
    """Return the signature over a SHA-256 digest, with the certificate of its key, as DER."""
    certificate = ring.certificate.public_bytes(Encoding.DER)
    issuer, serial = ring.certificate.issuer.public_bytes(), Integer(ring.certificate.serial_number).dump()
    attributes = _attributes(digest, certificate, issuer, serial)
    signature = ring.document_key.sign(_der(_SET, attributes), ECDSA(SHA256()))
    signer = _der(
        _LIST,
        _VERSION,
        _der(_LIST, issuer, serial),
        _SHA256,
        _der(_CHOICE, attributes),
        _ECDSA,
        _der(_BYTES, signature),
    )
    told = _der(
        _LIST,
        _VERSION,
        _der(_SET, _SHA256),
        _der(_LIST, _DATA),
        _der(_CHOICE, certificate),
        _der(_SET, signer),
    )
    return _der(_LIST, _SIGNED_DATA, _der(_CHOICE, told))


def _attributes(digest: bytes, certificate: bytes, issuer: bytes, serial: bytes) -> bytes:
    """Return what is signed: what kind of thing, its digest, and whose certificate; in the order of their bytes."""
    own = _der(_BYTES, hashlib.sha256(certificate).digest())
    signed_with = _der(_LIST, own, _der(_LIST, _der(_LIST, _der(_FIFTH, issuer)), serial))
    told = (
        (_CONTENT_TYPE, _DATA),
        (_DIGEST, _der(_BYTES, digest)),
        (_SIGNING_CERTIFICATE, _der(_LIST, _der(_LIST, signed_with))),
    )
    return b"".join(sorted(_der(_LIST, name, _der(_SET, value)) for name, value in told))
