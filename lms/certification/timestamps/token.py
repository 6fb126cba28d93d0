"""Read a timestamp token strictly: what it stamps, whose certificate signed it, and which moment it names.

The caller says which certificates may sign, so no chain is built here and nothing is fetched.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm

HASHES: dict[str, type[HashAlgorithm]] = {"sha256": SHA256, "sha384": SHA384, "sha512": SHA512}


class StampRefused(Exception):
    """A timestamp isn't accepted; the message is a key of `refusals`."""


def read_token(token: bytes, stamped: bytes, certificates: Sequence[x509.Certificate]) -> datetime:
    """Return the moment at which one of the certificates, valid by then, stamped something; raise StampRefused."""
    try:
        info = cms.ContentInfo.load(token, strict=True)
        signed = info["content"]
        about = signed["encap_content_info"]
        said = about["content"].parsed
        (signer,) = signed["signer_infos"]
        attributes = {each["type"].native: each["values"] for each in signer["signed_attrs"]}
        kinds = (info["content_type"].native, about["content_type"].native, attributes["content_type"][0].native)
        if kinds != ("signed_data", "tst_info", "tst_info") or not isinstance(said, tsp.TSTInfo):
            raise StampRefused("stamp-changed")
        digest = HASHES[signer["digest_algorithm"]["algorithm"].native]
        inside, imprint = about["content"].contents, said["message_imprint"]
        told = attributes["message_digest"][0].native
        moment: datetime = said["gen_time"].native
        valid = [each for each in certificates if each.not_valid_before_utc <= moment <= each.not_valid_after_utc]
        is_by_one = any(_is_signed_by(each, signer, digest()) for each in valid)
        imprinted = hashlib.new(HASHES[imprint["hash_algorithm"]["algorithm"].native]().name, stamped).digest()
    except StampRefused:
        raise
    except Exception:
        # Whatever a reader of ASN.1 says of bytes that are not what they should be.
        raise StampRefused("stamp-changed") from None
    if not is_by_one:
        raise StampRefused("stamp-foreign")
    if told != hashlib.new(digest().name, inside).digest():
        raise StampRefused("stamp-changed")
    if imprint["hashed_message"].native != imprinted:
        raise StampRefused("stamp-of-another")
    return moment


def _is_signed_by(certificate: x509.Certificate, signer: Any, digest: HashAlgorithm) -> bool:
    key, covered = certificate.public_key(), b"\x31" + signer["signed_attrs"].dump()[1:]
    signature = signer["signature"].native
    try:
        if isinstance(key, EllipticCurvePublicKey):
            key.verify(signature, covered, ECDSA(digest))
        elif isinstance(key, RSAPublicKey):
            key.verify(signature, covered, PKCS1v15(), digest)
        else:
            return False
    except InvalidSignature:
        return False
    return True
