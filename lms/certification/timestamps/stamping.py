"""Get timestamps for signatures, and check that each answers our request before it's used."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from asn1crypto import cms, core, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko_certvalidator import CertificateValidator, ValidationContext

from lms.certification.timestamps.long_term import Materials, extend
from lms.certification.timestamps.revocation import find_issuer, gather
from lms.certification.timestamps.server import NoStamp, ask
from lms.certification.timestamps.token import StampRefused, read_token
from lms.foundation import clock
from lms.foundation.config.signing import Timestamps

GRANTED = {"granted", "granted_with_mods"}
# A moment further from this machine's own clock isn't believed.
APART_MOST = timedelta(minutes=5)
# After a server gave nothing, it's left alone for this long, so that one that hangs holds up one certificate a minute.
REST = timedelta(seconds=45)
GATHERED_KEPT = timedelta(hours=1)
_WORDS = {
    "stamp-changed": "can’t be read as a timestamp",
    "stamp-foreign": "isn’t signed by the server that it names",
    "stamp-of-another": "isn’t for the PDF that it was asked about",
}


class Stamper:
    """One process's connection to the timestamp server, with what it fetched lately."""

    def __init__(self, settings: Timestamps) -> None:
        self._settings = settings
        self._roots = [_as_asn1(each) for each in x509.load_pem_x509_certificates(Path(settings.ca).read_bytes())]
        self._rests_until: datetime | None = None
        # Why the server last gave nothing.
        self.trouble = ""
        self._chain: list[x509.Certificate] = []
        self._gathered: tuple[list[x509.Certificate], datetime, Materials] | None = None
        # The certificates of the server, as this process has seen them sign.
        self.certificates: dict[str, x509.Certificate] = {}

    @property
    def rests(self) -> bool:
        """Whether the server gave no timestamp a moment ago and isn't asked again yet."""
        return self._rests_until is not None and clock.is_ahead(self._rests_until, REST)

    def stamp(self, content: bytes) -> bytes:
        """Return the server's token for some bytes, once it's checked to be for them and of now; raise NoStamp."""
        try:
            return self._stamp(content)
        except NoStamp as trouble:
            self._rest(trouble)
            raise

    def _rest(self, trouble: NoStamp) -> None:
        self._rests_until, self.trouble = clock.now() + REST, str(trouble)

    def _stamp(self, content: bytes) -> bytes:
        nonce = secrets.randbits(63)
        url, ca = self._settings.url, self._settings.ca
        answer = ask("the timestamp server", url, ca, _request(content, nonce), "application/timestamp-query")
        token, certificates = _read_answer(answer, nonce)
        signer = _signer_of(token, certificates)
        try:
            moment = read_token(token.dump(), content, [signer])
        except StampRefused as refused:
            raise NoStamp(f"what the timestamp server gave {_WORDS[str(refused)]}") from None
        if abs(moment - clock.now()) > APART_MOST:
            raise NoStamp(
                f"the timestamp server says it’s {moment:%Y-%m-%d %H:%M} UTC, but this machine’s clock differs"
            )
        along = _loaded(certificates)
        self._check_chain(signer, certificates)
        self.certificates[hashlib.sha256(signer.public_bytes(Encoding.DER)).hexdigest()] = signer
        self._chain = [signer, *along]
        return bytes(token.dump())

    def extend(self, signed: bytes, own: Sequence[x509.Certificate]) -> bytes:
        """Return a signed and stamped PDF with what verifies it later, for a signer's own chain; raise NoStamp.

        Of the server's chain, the certificates in its last token are taken, with those of the configured authority.
        """
        try:
            materials = self._materials(own)
        except NoStamp as trouble:
            self._rest(trouble)
            raise
        return extend(signed, materials, self.stamp)

    def _materials(self, own: Sequence[x509.Certificate]) -> Materials:
        """Return what was gathered less than an hour ago, or gather it."""
        roots = [x509.load_der_x509_certificate(each.dump()) for each in self._roots]
        chain = list(dict.fromkeys([*own, *_above(self._chain[0], [*self._chain, *roots])]))
        known = self._gathered
        if known is None or known[0] != chain or known[1] < clock.now() - GATHERED_KEPT:
            known = self._gathered = (chain, clock.now(), gather(chain, self._fetch))
        return known[2]

    def _fetch(self, address: str, request: bytes | None) -> bytes:
        kind = "application/ocsp-request" if request else ""
        return ask("a certificate authority", address, self._settings.ca, request, kind)

    def _check_chain(self, signer: x509.Certificate, certificates: list[asn1.Certificate]) -> None:
        """Raise NoStamp unless the server's certificate is for timestamps and comes from the configured authority."""
        context = ValidationContext(trust_roots=self._roots, other_certs=certificates, moment=clock.now())
        validator = CertificateValidator(_as_asn1(signer), certificates, validation_context=context)
        try:
            asyncio.run(validator.async_validate_usage(set(), {"time_stamping"}))  # type: ignore[no-untyped-call]
        except Exception as refused:
            # A certificate from elsewhere can contain anything, and its parser can raise anything.
            raise NoStamp(
                "the timestamp server’s certificate isn’t from the authority in LMS_TIMESTAMP_CA "
                f"({type(refused).__name__})"
            ) from None


def _above(certificate: x509.Certificate, among: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    """Return a certificate, its issuer, and so on up to a root, as far as they are there."""
    found: list[x509.Certificate] = []
    following: x509.Certificate | None = certificate
    while following is not None and following not in found:
        found.append(following)
        following = find_issuer(following, among)
    return found


def _request(content: bytes, nonce: int) -> bytes:
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": hashlib.sha256(content).digest()}
    request = {"version": "v1", "message_imprint": imprint, "nonce": nonce, "cert_req": True}
    return bytes(tsp.TimeStampReq(request).dump())


def _read_answer(answer: bytes, nonce: int) -> tuple[cms.ContentInfo, list[asn1.Certificate]]:
    """Return the token in an answer that grants it and repeats the number sent, and the certificates in it."""
    try:
        # Read part by part, because tsp.TimeStampResp wants a token in a refusal too.
        read = core.Sequence.load(answer, strict=True)
        status = tsp.PKIStatusInfo.load(read[0].dump())["status"].native
        if status not in GRANTED:
            raise NoStamp(f"the timestamp server refused: {status}")
        token = cms.ContentInfo.load(read[1].dump())
        repeated = token["content"]["encap_content_info"]["content"].parsed["nonce"].native
        certificates = [each.chosen for each in token["content"]["certificates"]]
    except NoStamp:
        raise
    except Exception:
        # Whatever a reader of ASN.1 says of bytes that are not what they should be.
        raise NoStamp("the timestamp server’s answer can’t be read") from None
    if repeated != nonce:
        raise NoStamp("the timestamp server answered another request (its nonce differs)")
    return token, certificates


def _signer_of(token: cms.ContentInfo, certificates: list[asn1.Certificate]) -> x509.Certificate:
    """Return the certificate that a token says it was signed with, out of those that came along."""
    try:
        (signer,) = token["content"]["signer_infos"]
        named = signer["sid"].chosen
        for each in certificates:
            by_name = isinstance(named, cms.IssuerAndSerialNumber) and (
                each.issuer == named["issuer"] and each.serial_number == named["serial_number"].native
            )
            if by_name or (not isinstance(named, cms.IssuerAndSerialNumber) and each.key_identifier == named.native):
                return x509.load_der_x509_certificate(each.dump())
    except Exception:
        raise NoStamp("the timestamp server’s answer can’t be read") from None
    raise NoStamp("the timestamp server didn’t send its certificate")


def _loaded(certificates: list[asn1.Certificate]) -> list[x509.Certificate]:
    """Return the certificates in an answer. The signature doesn't cover them, so they can contain anything."""
    try:
        return [x509.load_der_x509_certificate(each.dump()) for each in certificates]
    except Exception:
        raise NoStamp("the timestamp server’s answer can’t be read") from None


def _as_asn1(certificate: x509.Certificate) -> asn1.Certificate:
    return asn1.Certificate.load(certificate.public_bytes(Encoding.DER))
