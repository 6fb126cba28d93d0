"""Fetch proof that certificates weren't revoked: lists (CRL) and answers (OCSP) of their authorities.

Addresses come from the certificates themselves, so only the ones in a trusted chain are asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from lms.certification.timestamps.long_term import Materials
from lms.certification.timestamps.server import NoStamp
from lms.foundation import clock

MATERIALS_MOST = 30
# Gives the answer at an address, to a GET or to a POST of an OCSP request.
Ask = Callable[[str, bytes | None], bytes]


def gather(certificates: Sequence[x509.Certificate], ask: Ask) -> Materials:
    """Return the certificates with a list or an answer for each that names a source for one; raise NoStamp."""
    ocsps: dict[bytes, None] = {}
    crls: dict[bytes, None] = {}
    for each in certificates:
        issuer = find_issuer(each, certificates)
        if issuer is None or issuer == each:
            continue
        if address := _list_address(each):
            crls[_fetch_list(each, issuer, ask(address, None))] = None
        elif address := _ocsp_address(each):
            ocsps[_fetch_answer(each, issuer, address, ask)] = None
    return Materials(tuple(each.public_bytes(Encoding.DER) for each in certificates), tuple(ocsps), tuple(crls))


def find_issuer(certificate: x509.Certificate, among: Sequence[x509.Certificate]) -> x509.Certificate | None:
    """Return which of some certificates issued another one, or itself for a root."""
    for each in among:
        try:
            certificate.verify_directly_issued_by(each)
        except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
            continue
        return each
    return None


def belong_together(materials: Materials, known: Sequence[x509.Certificate]) -> bool:
    """Return whether the materials are about some certificates and their authorities, and nothing else is in them."""
    try:
        if len(materials.certificates) + len(materials.crls) + len(materials.ocsps) > MATERIALS_MOST:
            return False
        found = [x509.load_der_x509_certificate(each) for each in materials.certificates]
        lists = [x509.load_der_x509_crl(each) for each in materials.crls]
        answers = [ocsp.load_der_ocsp_response(each) for each in materials.ocsps]
        chain = [each for each in found if each in known]
        while more := [each for each in found if each not in chain and any(_issued(each, other) for other in chain)]:
            chain += more
        serials = {each.serial_number for each in chain}
        return (
            len(chain) == len(found)
            and all(any(each.is_signature_valid(_key(other)) for other in chain) for each in lists)
            and all(each.serial_number in serials for each in answers)
        )
    except (ValueError, TypeError):
        return False


def _issued(issuer: x509.Certificate, other: x509.Certificate) -> bool:
    return find_issuer(other, [issuer]) is not None


def _key(certificate: x509.Certificate) -> EllipticCurvePublicKey | RSAPublicKey:
    key = certificate.public_key()
    if not isinstance(key, EllipticCurvePublicKey | RSAPublicKey):
        raise TypeError("a key that signs no lists")
    return key


def _list_address(certificate: x509.Certificate) -> str:
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return ""
    names = [name.value for point in points for name in point.full_name or ()]
    return next((name for name in names if _is_web(name)), "")


def _ocsp_address(certificate: x509.Certificate) -> str:
    try:
        about = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return ""
    names = [each.access_location.value for each in about if each.access_method == AuthorityInformationAccessOID.OCSP]
    return next((name for name in names if _is_web(name)), "")


def _is_web(address: object) -> bool:
    return isinstance(address, str) and address.startswith(("http://", "https://"))


def _fetch_list(certificate: x509.Certificate, issuer: x509.Certificate, content: bytes) -> bytes:
    try:
        found = x509.load_der_x509_crl(content)
        is_valid = found.is_signature_valid(_key(issuer))
    except (ValueError, TypeError):
        raise NoStamp("an authority’s list of revoked certificates can’t be read") from None
    if not is_valid or (found.next_update_utc and found.next_update_utc < clock.now()):
        raise NoStamp("an authority’s list of revoked certificates wasn’t signed by it, or is out of date")
    if found.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None:
        raise NoStamp(f"the certificate of {certificate.subject.rfc4514_string()} was revoked")
    return content


def _fetch_answer(certificate: x509.Certificate, issuer: x509.Certificate, address: str, ask: Ask) -> bytes:
    request = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, SHA1()).build()  # noqa: S303 - RFC 5019
    content = ask(address, request.public_bytes(Encoding.DER))
    try:
        found = ocsp.load_der_ocsp_response(content)
        if found.response_status != ocsp.OCSPResponseStatus.SUCCESSFUL or not _is_signed(found, issuer):
            raise NoStamp("an authority’s answer about a certificate wasn’t signed by it")
        is_about = found.serial_number == certificate.serial_number
        is_old = found.next_update_utc is not None and found.next_update_utc < clock.now()
    except (ValueError, TypeError):
        raise NoStamp("an authority’s answer about a certificate can’t be read") from None
    if not is_about or is_old or found.certificate_status != ocsp.OCSPCertStatus.GOOD:
        raise NoStamp(f"the authority doesn’t vouch for the certificate of {certificate.subject.rfc4514_string()}")
    return content


def _is_signed(answer: ocsp.OCSPResponse, issuer: x509.Certificate) -> bool:
    """Return whether an issuer signed an answer, or whoever it lets sign answers."""
    signers = [issuer]
    # Many answers bring their authority's own certificate along, which isn't for anything in particular.
    signers += [each for each in answer.certificates if _issued(issuer, each) and _may_answer(each)]
    digest = answer.signature_hash_algorithm
    return digest is not None and any(_fits(_key(each), answer, digest) for each in signers)


def _may_answer(certificate: x509.Certificate) -> bool:
    try:
        uses = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return ExtendedKeyUsageOID.OCSP_SIGNING in uses


def _fits(key: EllipticCurvePublicKey | RSAPublicKey, answer: ocsp.OCSPResponse, digest: HashAlgorithm) -> bool:
    try:
        if isinstance(key, EllipticCurvePublicKey):
            key.verify(answer.signature, answer.tbs_response_bytes, ECDSA(digest))
        else:
            key.verify(answer.signature, answer.tbs_response_bytes, PKCS1v15(), digest)
    except InvalidSignature:
        return False
    return True
