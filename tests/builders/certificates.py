"""Certificates: one made from fixed values, those of a site, and PDFs that attack us."""

from __future__ import annotations

import zlib
from base64 import b32encode
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from asn1crypto import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, NameObject, StreamObject
from werkzeug.datastructures import FileStorage

from lms.certification.keys.qr_payload import QrPayload, sealed
from lms.certification.pdf.content import CertificateContent
from lms.certification.readiness import actions as readiness_actions
from lms.certification.readiness.actions import ObservationInput
from lms.foundation import clock
from tests.builders.learning import PFA
from tests.conftest import Site
from tests.inspector import Page

WARM = Path(__file__).parents[2] / "certificates" / "warm"
LIMITS = (
    "This is a record of training. It is not a licence or a professional qualification, and it does not permit "
    "counselling, therapy, diagnosis or assessment. It does not show fitness for duty or current practice. It gives "
    "no legal privilege to conversations. Peer supporters work within their programme, its policy and supervision."
)


def facts_for(name: str) -> CertificateContent:
    """Return what a certificate says about somebody."""
    return CertificateContent(
        code="7QK4M2XD9RTPC6HV",
        verify_url="HTTPS://SIDELIGHT.EXAMPLE/V/7QK4M2XD9RTPC6HV",
        name=name,
        course_title="Active listening",
        version="1.2",
        awarded_on=date(2026, 3, 14),
        valid_until=date(2028, 3, 14),
        hours="3 hours 10 minutes",
        attests=(f"{name} answered 80% or more of the questions correctly, including every safety question.",),
        does_not_attest=LIMITS,
        programme="Harbour Hospitals peer support",
        signatories=(("Tara Lind", "trainer"),),
    )


SAM = facts_for("Sam Okafor")


def elements(reader: PdfReader, kind: str) -> list[dict]:
    """Return the elements of a kind, in the order in which they are read aloud."""

    def under(element: dict) -> list[dict]:
        kids = [kid.get_object() for kid in element.get("/K", [])]
        found = [each for kid in kids if isinstance(kid, dict) for each in under(kid)]
        return [element, *found] if element.get("/S") == kind else found

    return under(reader.trailer["/Root"]["/StructTreeRoot"])


SEALED = sealed(
    QrPayload(SAM.code, "20260314", "20280314", "1.2", "Active listening", SAM.name),
    Ed25519PrivateKey.from_private_bytes(bytes(range(32))),
)


def pdf(site: Site, code: str) -> bytes:
    """Return the PDF that Sam downloads."""
    return bytes(site.visitor("sam").get(f"/certificates/{code}/pdf").response.data)


def later(pdf: bytes) -> bytes:
    """Paint another name over the page in a later revision, as PDF editors do."""
    writer = PdfWriter(BytesIO(pdf), incremental=True)
    paint = StreamObject()
    paint.set_data(b"1 1 1 rg 0 0 500 500 re f")
    page = writer.pages[0]
    page[NameObject("/Contents")] = ArrayObject([page.raw_get("/Contents"), writer._add_object(paint)])
    done = BytesIO()
    writer.write(done)
    return done.getvalue()


def bomb() -> bytes:
    """Return a PDF that unpacks to 116 MB."""
    packed = zlib.compress(bytes(290_000), 9)
    stream = b"1 0 obj<</Filter/FlateDecode>>stream\n" + packed + b"\nendstream endobj\n"
    return b"%PDF-1.7\n" + stream * 400 + b"%%EOF"


def nested() -> bytes:
    """Return a PDF that is nested a hundred thousand deep."""
    return b"%PDF-1.7\n1 0 obj\n" + b"<</A " * 100_000 + b">>" * 100_000 + b"\nendobj\n%%EOF"


def bring(site: Site, content: bytes, expect: int = 200) -> Page:
    """Choose a file on the page, and send it."""
    stranger = site.stranger()
    form = stranger.get("/verify/file").form("/verify/file")
    fields = {**dict(form.fields), "file": FileStorage(BytesIO(content), "certificate")}
    return stranger.send(form.action, fields, expect)


def ask_for(site: Site, observations: int = 2) -> None:
    """Let the programme ask for observed practices in the course."""
    with site.inside():
        harbour = next(iter(site.roles(site.person("sam").id)))
    site.do(readiness_actions.set_readiness, harbour, PFA, observations, site.settings)


def observe(site: Site, enrolment: str, rating: str = "basic", ago: int = 3, observer: str = "Tara Lindqvist") -> Any:
    """Record that a practice was observed some days ago."""
    with site.inside():
        cora = site.person("cora").id
    seen = ObservationInput(observer, "trainer", clock.today("UTC") - timedelta(days=ago), rating)
    return site.do(readiness_actions.record_observation, enrolment, seen, cora)


def report(pdf: bytes, signer: Any) -> Any:
    """Return what pyHanko says of a PDF's signature to somebody who trusts one certificate alone."""
    (signature,) = PdfFileReader(BytesIO(pdf)).embedded_signatures
    own = x509.Certificate.load(signer.certificate.public_bytes(Encoding.DER))
    trusted = ValidationContext(trust_roots=[own], allow_fetching=False)
    return validate_pdf_signature(signature, signer_validation_context=trusted)


def sealed_in_base32(payload: QrPayload, key: Ed25519PrivateKey) -> str:
    """Return a payload in the form of certificates that were printed before 30 November 2026."""
    words = "\n".join(vars(payload).values()).encode()
    mark = key.public_key().public_bytes_raw()[:4]
    return b32encode(b"\x01" + mark + key.sign(b"sidelight paper 1\n" + words) + words).decode().rstrip("=")


def number_bytes(payload: str) -> bytes:
    """Return the bytes of a payload that is a decimal number."""
    number = int(payload)
    return number.to_bytes((number.bit_length() + 7) // 8)
