"""Signatures on documents: one PAdES certification signature that allows no change after it."""

from __future__ import annotations

from io import BytesIO

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import SignatureObject
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup

from lms.certification.keys.cms import Stamp, room_for, signed_data
from lms.certification.keys.keyring import Ring
from lms.certification.keys.opening import check_dates
from lms.certification.pdf.tagging import FIELD
from lms.foundation import clock

SUBFILTERS = {"pades": SigSeedSubFilter.PADES, "pkcs7": SigSeedSubFilter.ADOBE_PKCS7_DETACHED}


class _AsItWas(IncrementalPdfFileWriter):
    """Adds to a document and leaves what it says of itself, dates and all."""

    def _update_meta(self) -> None:
        return


def sign(
    pdf: bytes, ring: Ring, subfilter: str = "pades", reason: str = "Record of training", stamp: Stamp | None = None
) -> bytes:
    """Return the document with its signature; the bytes before it stay as they are.

    `stamp` returns a timestamp server's token for the signature. Raise KeyRests when the key's certificate isn't
    valid yet, or no longer.
    """
    check_dates(ring)
    place = SignatureObject(
        clock.now(), SUBFILTERS[subfilter], reason=reason, bytes_reserved=2 * room_for(ring, stamped=stamp is not None)
    )
    no_changes = SigMDPSetup("sha256", certify=True, docmdp_perms=MDPPerm.NO_CHANGES)
    # One step after another: the field, what goes into it, all bytes but the signature's own, the signature.
    steps = PdfCMSEmbedder().write_cms(FIELD, _AsItWas(BytesIO(pdf)), existing_fields_only=True)
    next(steps)
    steps.send(SigObjSetup(place, no_changes))
    prepared, written = steps.send(SigIOSetup("sha256"))
    steps.send(signed_data(prepared.document_digest, ring, stamp))
    done: bytes = written.getvalue()
    return done
