"""Specimens: a certificate that nobody earned, to see how a design looks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from lms.certification.awards import addresses
from lms.certification.awards.attestation import Attestation
from lms.certification.awards.texts import wording
from lms.certification.awards.texts.text import plain
from lms.certification.badges import open_badge
from lms.certification.keys.did import issuer_of
from lms.certification.keys.keyring import Ring
from lms.certification.keys.qr_payload import QrPayload, sealed
from lms.certification.pdf.content import CertificateContent
from lms.certification.pdf.designs import Design
from lms.certification.pdf.preview import preview
from lms.certification.pdf.render import render
from lms.certification.pdf.signing import sign
from lms.foundation.config.settings import Settings
from lms.foundation.text.i18n import duration
from lms.foundation.text.i18n import gettext as _

ATTESTATION = Attestation(minutes=190, score=80, safety=True, practice=2, lessons=14)
NOBODYS_CODE = "0000000000000000"
PIXELS_A_POINT = 2.0


def specimen_content(name: str, on: date, until: date, code: str, settings: Settings) -> CertificateContent:
    """Return the content of a certificate that nobody earned, in somebody's name."""
    return CertificateContent(
        code=code,
        verify_url=addresses.qr_address(settings, code),
        name=name,
        course_title=_("Active listening"),
        version="1.0",
        awarded_on=on,
        valid_until=until,
        hours=duration(ATTESTATION.minutes).removeprefix("About "),
        attests=wording.sentence(name, ATTESTATION),
        does_not_attest=_(
            "This is a record of training. It is not a licence or a professional qualification, and it does not permit "
            "counselling, therapy, diagnosis or assessment."
        ),
        programme=_("Name of your programme"),
        level=wording.level_words(ATTESTATION),
        digest="0" * 64,
        signatories=((_("Name of the person who signs"), _("peer support lead")),),
        specimen=True,
    )


def qr_payload_of(content: CertificateContent) -> QrPayload:
    """Return what the QR code of a specimen says, which includes that it is one."""
    given, until = (day.strftime("%Y%m%d") if day else "" for day in (content.awarded_on, content.valid_until))
    return QrPayload(content.code, given, until, content.version, _specimen_of(content), plain(content.name))


def _specimen_of(content: CertificateContent) -> str:
    return _("Specimen: %(title)s", title=content.course_title)


def make(content: CertificateContent, design: Design, ring: Ring, settings: Settings) -> tuple[bytes, bytes]:
    """Return a signed PDF and its badge, both of which say that they are specimens."""
    issuer = issuer_of(settings.base_url, ring.badge_public)
    badge_content = open_badge.BadgeContent(
        id=f"urn:sidelight:specimen:{content.code}",
        name=content.name,
        course_id="specimen",
        course_title=_specimen_of(content),
        version=content.version,
        digest="0" * 64,
        awarded_on=content.awarded_on,
        valid_until=content.valid_until,
        stands_behind=tuple(wording.asked_rows(ATTESTATION)),
        criteria=_("Specimen. Nobody earned this."),
        does_not_attest=content.does_not_attest,
        programme=content.programme,
        base_url=settings.base_url,
        language=content.language,
        status_list=addresses.status_address(settings, 0),
        status_index=0,
        zone=settings.timezone,
    )
    badge = open_badge.as_bytes(
        open_badge.sign(open_badge.build(badge_content, issuer), ring.badge_key, issuer.key, badge_content.valid_from)
    )
    content = replace(content, sealed=sealed(qr_payload_of(content), ring.badge_key))
    return sign(render(content, design, badge), ring, settings.pdf_subfilter), badge


def picture(pdf: bytes) -> bytes:
    """Return the first page of a PDF as a PNG."""
    return preview(pdf, pixels_a_point=PIXELS_A_POINT, image_format="PNG")
