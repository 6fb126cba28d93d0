"""Signed documents, read strictly: which bytes one signature covers, whose it is, and what travels inside.

No PDF is parsed here. One signature over all bytes but its own place says more than any reading of what the bytes
mean, and bytes that are not parsed cannot be nested, looped or blown up.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from lms.certification.timestamps.long_term import NotLongTerm, take_apart
from lms.certification.timestamps.revocation import belong_together
from lms.certification.timestamps.token import StampRefused, read_token

_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")
_PLACE = re.compile(rb"<(?:[0-9A-Fa-f]{2})+>")
_NO_CHANGES = re.compile(rb"/TransformMethod\s*/DocMDP\s*/TransformParams\s*<<[^<>]*/P\s+1\b")
# When the signer says that it signed; the slash, or any character, may be written in octal.
_SAID_AT = re.compile(rb"/M \(D(?::|\\072)(\d{14})Z\)")
_STREAM = re.compile(rb"stream\r?\n")
# What is taken out of a document: so many streams, and so much of all of them together.
_STREAMS_MOST, _INSIDE_MOST, _ONE_MOST = 400, 4_000_000, 300_000
_END = b"%%EOF"


class DocumentRefused(Exception):
    """A document is not accepted; the message is a word of `refusals`."""


@dataclass(frozen=True)
class Inside:
    """What travels inside a document: its badge, and what it says of itself."""

    badge: bytes | None
    about: str


@dataclass(frozen=True)
class Signed:
    """Who signed a document, when the signer says that was, and when a timestamp server saw it, if one did."""

    certificate: x509.Certificate
    said_at: datetime | None
    stamped_at: datetime | None


def check(
    content: bytes, certificates: Sequence[x509.Certificate], time_certificates: Sequence[x509.Certificate] = ()
) -> Signed:
    """Return who signed every byte as the only and last thing done to a document; raise DocumentRefused otherwise.

    One thing may follow the signature: what verifies it later, with a timestamp over all of it (`long_term`). Those who
    may stamp are the `time_certificates`.
    """
    if not content.startswith(b"%PDF-"):
        raise DocumentRefused("not-a-pdf")
    if re.search(rb"/Encrypt\b", content):
        raise DocumentRefused("encrypted")
    ranges = _RANGE.findall(content)
    if not ranges:
        raise DocumentRefused("unsigned" if content.rstrip().endswith(_END) else "cut-short")
    end = sum(map(int, ranges[0][2:]))
    if content.count(b"/ByteRange") > 1 and content[:end].count(b"/ByteRange") == 1:
        return _check_long_term(content, end, certificates, time_certificates)
    if content.count(b"/ByteRange") > 1:
        raise DocumentRefused("signed-twice")
    signed, place = _parts(content, *map(int, ranges[0]))
    found = _check_signature(signed, place, certificates, time_certificates)
    if not _NO_CHANGES.search(content):
        raise DocumentRefused("open-to-changes")
    said = _SAID_AT.search(content, content.rindex(b"/ByteRange"))
    moment = datetime.strptime(said[1].decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC) if said else None
    return Signed(found[0], moment, found[1])


def _check_long_term(
    content: bytes, end: int, certificates: Sequence[x509.Certificate], time_certificates: Sequence[x509.Certificate]
) -> Signed:
    """Return who signed a document that ends with a timestamp over all of it, exactly as this site writes that."""
    try:
        parts = take_apart(content, end)
    except NotLongTerm:
        raise DocumentRefused("signed-twice") from None
    signed = check(parts.signed, certificates, time_certificates)
    if not belong_together(parts.materials, [signed.certificate, *time_certificates]):
        raise DocumentRefused("stuffed")
    _stamped_at(parts.token, parts.stamped, time_certificates)
    return signed


def _stamped_at(token: bytes, stamped: bytes, certificates: Sequence[x509.Certificate]) -> datetime:
    """Return when a timestamp server saw something; only zeros may follow its token."""
    try:
        content = cms.ContentInfo.load(token).dump()
        if token[len(content) :].strip(b"\0"):
            raise StampRefused("stamp-changed")
        return read_token(content, stamped, certificates)
    except StampRefused as refused:
        raise DocumentRefused(str(refused)) from None
    except (ValueError, TypeError):
        raise DocumentRefused("stamp-changed") from None


def _parts(content: bytes, start: int, length: int, again: int, rest: int) -> tuple[bytes, bytes]:
    """Return what is signed and the signature, which stands alone in the one gap between."""
    end = again + rest
    if start != 0 or length >= again or not _PLACE.fullmatch(content, length, again):
        raise DocumentRefused("cut-short" if end > len(content) else "covers-in-part")
    if not content[:length].endswith(b"/Contents "):
        raise DocumentRefused("covers-in-part")
    if end > len(content):
        raise DocumentRefused("cut-short")
    if end < len(content):
        added = content[end:]
        raise DocumentRefused("changed-later" if _END in added or b"obj" in added else "added-to")
    return content[:length] + content[again:], bytes.fromhex(content[length + 1 : again - 1].decode())


def _check_signature(
    signed: bytes,
    place: bytes,
    certificates: Sequence[x509.Certificate],
    time_certificates: Sequence[x509.Certificate],
) -> tuple[x509.Certificate, datetime | None]:
    """Return whose signature it is, and when a timestamp server saw it, if one did."""
    try:
        content_info = cms.ContentInfo.load(place)
        if content_info["content_type"].native != "signed_data":
            raise DocumentRefused("signature-unreadable")
        (signer,) = content_info["content"]["signer_infos"]
        attributes = {each["type"].native: each["values"] for each in signer["signed_attrs"]}
        digest = attributes["message_digest"][0].native
        covered = b"\x31" + signer["signed_attrs"].dump()[1:]
        beyond = place[len(content_info.dump()) :]
        algorithms = (
            signer["digest_algorithm"]["algorithm"].native,
            content_info["content"]["encap_content_info"]["content"].native,
        )
        signature = signer["signature"].native
        beside = [(each["type"].native, each["values"]) for each in signer["unsigned_attrs"]]
        tokens = [value.dump() for kind, values in beside if kind == "signature_time_stamp_token" for value in values]
    except DocumentRefused:
        raise
    except Exception:
        # Whatever else a reader of ASN.1 says of bytes that are not what they should be.
        raise DocumentRefused("signature-unreadable") from None
    if algorithms != ("sha256", None) or len(beside) > 1 or len(tokens) != len(beside):
        raise DocumentRefused("signature-unreadable")
    by = next((each for each in certificates if _is_signed_by(each, signature, covered)), None)
    if by is None:
        raise DocumentRefused("signed-by-another")
    if beyond.strip(b"\0") or digest != hashlib.sha256(signed).digest():
        raise DocumentRefused("bytes-changed")
    return by, _stamped_at(tokens[0], signature, time_certificates) if tokens else None


def _is_signed_by(certificate: x509.Certificate, signature: bytes, covered: bytes) -> bool:
    key = certificate.public_key()
    try:
        if isinstance(key, EllipticCurvePublicKey):
            key.verify(signature, covered, ECDSA(SHA256()))
        elif isinstance(key, RSAPublicKey):
            key.verify(signature, covered, PKCS1v15(), SHA256())
        else:
            return False
    except InvalidSignature:
        return False
    return True


def look_inside(content: bytes) -> Inside:
    """Return the badge and what a document says of itself; of what is too much to unpack, nothing is looked at."""
    badge, about = None, ""
    for stream in _streams(content):
        if badge is None and stream.startswith(b"{") and b'"OpenBadgeCredential"' in stream:
            badge = stream
        elif not about and b"<x:xmpmeta" in stream[:400]:
            about = stream.decode("utf-8", "replace")
    return Inside(badge, about)


def _streams(content: bytes) -> Iterator[bytes]:
    left = _INSIDE_MOST
    for count, found in enumerate(_STREAM.finditer(content)):
        if count > _STREAMS_MOST or left <= 0:
            raise DocumentRefused("too-much-inside")
        if content[found.start() - 3 : found.start()] == b"end":
            continue
        packed = zlib.decompressobj()
        try:
            stream = packed.decompress(content[found.end() : found.end() + _ONE_MOST], _ONE_MOST)
        except zlib.error:
            continue
        left -= len(stream)
        if not packed.unconsumed_tail:
            yield stream
