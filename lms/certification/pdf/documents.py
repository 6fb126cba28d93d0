"""Certificates and transcripts as signed PDFs: what they say, in which design, laid out and signed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from lms.accounts.records import Programme, get_person, get_programme
from lms.accounts.rules import zone_of
from lms.certification.awards import addresses, document_records
from lms.certification.awards.records import Award
from lms.certification.awards.texts import name_wording, wording
from lms.certification.awards.texts.text import plain
from lms.certification.keys.keyring import Ring
from lms.certification.keys.opening import keys_of
from lms.certification.keys.qr_payload import sealed
from lms.certification.pdf.content import WORDS, CertificateContent, direction_of
from lms.certification.pdf.coverage import covers, kind_of_script
from lms.certification.pdf.designs import (
    FONTS,
    Design,
    added_fonts,
    design_in,
    design_named,
    list_designs,
    missing_glyphs,
)
from lms.certification.pdf.fallback import render_well
from lms.certification.pdf.render import About, as_pdf
from lms.certification.pdf.signing import sign
from lms.certification.pdf.transcript import transcripts
from lms.certification.timestamps.server import NoStamp
from lms.certification.timestamps.stamping import Stamper
from lms.foundation import clock
from lms.foundation.config.settings import Settings
from lms.foundation.config.signing import Timestamps
from lms.foundation.per_app import provided
from lms.foundation.storage.files import FileStore
from lms.foundation.text.i18n import duration, language, nearest_language, speaking
from lms.foundation.text.i18n import gettext as _


@dataclass(frozen=True)
class Made:
    """A certificate's signed PDF, or why it waits for a timestamp.

    `timestamp` says which one it has (T or LTA), that it's "missing", or is None where none is asked for.
    `time_keys` are the certificates that signed it, as (id, PEM).
    """

    content: bytes = b""
    timestamp: str | None = None
    time_keys: tuple[tuple[str, str], ...] = ()
    waits_for: str = ""


def certificate_content(award: Award, programme: Programme, ring: Ring, settings: Settings) -> CertificateContent:
    """Return all that an award's certificate says; its words and its dates are in one language."""
    with speaking(nearest_language(award.attestation.language)):
        return _content_in_words(award, programme, ring, settings)


def _content_in_words(award: Award, programme: Programme, ring: Ring, settings: Settings) -> CertificateContent:
    zone = zone_of(programme.facts, settings.timezone)
    return CertificateContent(
        code=award.code,
        verify_url=addresses.qr_address(settings, award.code),
        name=award.name,
        course_title=award.title,
        version=award.version,
        awarded_on=award.passed_on,
        valid_until=award.valid_until,
        hours=duration(award.attestation.minutes).removeprefix("About "),
        attests=(*wording.sentence(award.name, award.attestation), *name_wording.clause(award, zone)),
        does_not_attest=award.attestation.does_not_attest,
        programme=programme.name,
        level=wording.level_words(award.attestation),
        digest=award.digest,
        signatories=wording.signatories(programme.facts.get("signatory", "")),
        language=language().replace("_", "-"),
        sealed=sealed(wording.qr_payload_of(award), ring.badge_key),
        words=_words_of(award),
        logo=logo_of(programme, settings),
        course_language=award.attestation.language,
        country=programme.facts.get("country", ""),
    )


def _words_of(award: Award) -> dict[str, str]:
    """Return all words of a certificate in its language; some say what was asked and done."""
    words = {key: _(english) for key, english in WORDS.items()}
    attested = award.attestation
    if attested.lessons is not None:
        words["takes"] = _("The course is self-paced. The parts completed take about {hours}.")
    if attested.renewal:
        words["before_course"] = _("renewed the record of training in")
    elif not attested.all_lessons_asked:
        words["before_course"] = _("met the requirements of the course")
    return words


class LettersMissing(Exception):
    """No font of the design has some letters of the name."""

    def __init__(self, letters: tuple[str, ...]) -> None:
        super().__init__(f"no font of this design prints: {' '.join(letters)}")
        self.letters = letters


class PartMissing(Exception):
    """Something that a certificate needs is not where this machine looks for it."""


def logo_of(programme: Programme, settings: Settings) -> bytes:
    """Return a programme's logo, or nothing for one without; raise PartMissing when it has one that is not here."""
    digest = programme.facts.get("logo")
    if not digest:
        return b""
    try:
        return provided(FileStore).get(digest)
    except KeyError:
        raise PartMissing(
            f"the logo of {programme.slug} ({digest[:12]}…) is not in {settings.data / 'files'} on this machine"
        ) from None


def _design_of(award: Award, programme: Programme, settings: Settings, shipped: Path) -> Design:
    """Return the design of a certificate; raise PartMissing for one that is not here, rather than take another."""
    name = programme.facts.get("design") or award.attestation.design
    if name not in list_designs(settings, shipped):
        raise PartMissing(f"the certificate design {name} is neither shipped nor in {settings.data / 'certificates'}")
    return design_named(name, settings, shipped)


def make_certificate(award: Award, badge: bytes, ring: Ring, settings: Settings, shipped: Path) -> Made:
    """Return an award's certificate as a signed PDF with its badge; raise LettersMissing or PartMissing.

    Where the site asks for timestamps and the server gives none, it waits for an hour after it was asked for. Then it's
    signed with as much as there is, because nothing can be added to a PDF that is kept.
    """
    stamper = _stamper(settings.timestamps) if settings.timestamps else None
    may_wait = stamper is not None and document_records.may_wait_for_time(award.id)
    if stamper and may_wait and stamper.rests:
        return Made(waits_for=stamper.trouble)
    programme = get_programme(award.programme_id)
    design = _design_of(award, programme, settings, shipped)
    content = certificate_content(award, programme, ring, settings)
    if letters := missing_glyphs(plain(award.name), design):
        raise LettersMissing(letters)
    pdf = render_well(content, design, badge, settings.data)
    if stamper is None:
        return Made(sign(pdf, ring, settings.pdf_subfilter))
    return _sign_with_time(pdf, ring, settings, stamper, may_wait=may_wait)


def _sign_with_time(pdf: bytes, ring: Ring, settings: Settings, stamper: Stamper, *, may_wait: bool) -> Made:
    level, made = settings.timestamps.level if settings.timestamps else "T", b""
    timestamp: str = level
    try:
        made = sign(pdf, ring, settings.pdf_subfilter, stamp=stamper.stamp)
        if level == "LTA":
            made = stamper.extend(made, [ring.certificate, *ring.chain])
    except NoStamp as trouble:
        if may_wait:
            return Made(waits_for=str(trouble))
        timestamp = "missing"
    keys = tuple((key_id, each.public_bytes(Encoding.PEM).decode()) for key_id, each in stamper.certificates.items())
    return Made(made or sign(pdf, ring, settings.pdf_subfilter), timestamp, keys)


@cache
def _stamper(settings: Timestamps) -> Stamper:
    """Return this process's stamper, which remembers when the server last gave no timestamp."""
    return Stamper(settings)


def make_transcript(person_id: str, settings: Settings, shipped: Path) -> bytes:
    """Return somebody's transcript as a signed PDF, in the language of the moment."""
    person, ring = get_person(person_id), keys_of(settings)
    transcript = transcripts.transcript_of(
        person_id, plain(person.certificate_name or person.display_name), clock.today(settings.timezone)
    )
    values = transcripts.values_of(transcript, settings)
    design = design_in(shipped / "papers" / "transcript", shipped / FONTS, "transcript", added_fonts(settings))
    text = " ".join(_texts(values))
    more = {
        "name_direction": direction_of(transcript.name),
        "name_kind": kind_of_script(transcript.name),
        "other_name": not covers(design, "name", transcript.name),
        "other_course": not covers(design, "name", "".join(line.course for line in transcript.lines)),
        "text_is_covered": covers(design, "text", text),
    }
    about = About(values["title"], transcript.name, values["language"], transcript.made_on, f"transcript {text}")
    pdf = as_pdf(design, {**values, **more}, about, text, pages=None)
    return sign(pdf, ring, settings.pdf_subfilter)


def _texts(value: Any) -> Iterator[str]:
    """Give every text in a value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, tuple):
        for each in value:
            yield from _texts(each)
