"""Signatures on documents: one PAdES certification signature that allows no change after it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

from asn1crypto import keys, x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from lms.certification.accessible import FIELD
from lms.certification.keyring import Ring

SUBFILTERS = {"pades": SigSeedSubFilter.PADES, "pkcs7": SigSeedSubFilter.ADOBE_PKCS7_DETACHED}
# What a signature takes beside its certificate and its issuer's name, which stands in it twice more: 440 bytes at most.
_ROOM_BESIDE = 470


class _AsItWas(IncrementalPdfFileWriter):
    """Adds to a document and leaves what it says of itself, dates and all."""

    def _update_meta(self) -> None:
        return


def sign(pdf: bytes, ring: Ring, subfilter: str = "pades", reason: str = "Record of training") -> bytes:
    """Return the document with its signature; the bytes before it stay as they are."""
    encoded = ring.certificate.public_bytes(Encoding.DER)
    room = _ROOM_BESIDE + len(encoded) + 2 * len(ring.certificate.issuer.public_bytes())
    secret = ring.document_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    signer = SimpleSigner(
        signing_cert=x509.Certificate.load(encoded),
        signing_key=keys.PrivateKeyInfo.load(secret),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]
    )
    about = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        reason=reason,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        subfilter=SUBFILTERS[subfilter],
    )
    done = BytesIO()
    # The signer runs an event loop of its own, which a thread that has one already would refuse.
    with ThreadPoolExecutor(1) as aside:
        aside.submit(
            PdfSigner(about, signer).sign_pdf,
            _AsItWas(BytesIO(pdf)),
            bytes_reserved=2 * room,
            output=done,
        ).result()
    return done.getvalue()
