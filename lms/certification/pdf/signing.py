"""Signatures on documents: one PAdES certification signature that allows no change after it."""

from __future__ import annotations

from io import BytesIO

from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import SignatureObject
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup

from lms.certification.keys.cms import signed_data
from lms.certification.keys.keyring import Ring
from lms.certification.pdf.tagging import FIELD
from lms.foundation import clock

SUBFILTERS = {"pades": SigSeedSubFilter.PADES, "pkcs7": SigSeedSubFilter.ADOBE_PKCS7_DETACHED}
# What a signature takes beside its certificate and its issuer's name, which stands in it twice more: 359 bytes, and a
# few where lengths are long.
_ROOM_BESIDE = 380


class _AsItWas(IncrementalPdfFileWriter):
    """Adds to a document and leaves what it says of itself, dates and all."""

    def _update_meta(self) -> None:
        return


def sign(pdf: bytes, ring: Ring, subfilter: str = "pades", reason: str = "Record of training") -> bytes:
    """Return the document with its signature; the bytes before it stay as they are."""
    certificate = ring.certificate.public_bytes(Encoding.DER)
    room = _ROOM_BESIDE + len(certificate) + 2 * len(ring.certificate.issuer.public_bytes())
    place = SignatureObject(clock.now(), SUBFILTERS[subfilter], reason=reason, bytes_reserved=2 * room)
    no_changes = SigMDPSetup("sha256", certify=True, docmdp_perms=MDPPerm.NO_CHANGES)
    # One step after another: the field, what goes into it, all bytes but the signature's own, the signature.
    steps = PdfCMSEmbedder().write_cms(FIELD, _AsItWas(BytesIO(pdf)), existing_fields_only=True)
    next(steps)
    steps.send(SigObjSetup(place, no_changes))
    prepared, written = steps.send(SigIOSetup("sha256"))
    steps.send(signed_data(prepared.document_digest, ring))
    done: bytes = written.getvalue()
    return done
