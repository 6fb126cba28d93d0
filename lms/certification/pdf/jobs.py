"""Making documents: from an award to bytes that are kept, in the job process or in a short-lived child."""

from __future__ import annotations

import gc
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lms.accounts.records import Programme, get_person, get_programme
from lms.certification.awards import actions, addresses, document_records, records, wording
from lms.certification.awards.records import Award
from lms.certification.awards.text import plain
from lms.certification.badges.issue import _kept_badge, make_status_lists
from lms.certification.keys.opening import keys_of
from lms.certification.pdf import transcript_requests, transcripts
from lms.certification.pdf.content import WORDS, direction_of
from lms.certification.pdf.designs import FONTS, USUAL, Design, covers, design_in, missing_glyphs
from lms.foundation import clock
from lms.foundation.config.settings import Settings
from lms.foundation.db import write
from lms.foundation.storage.files import FileStore
from lms.foundation.text.i18n import duration, language, language_on_paper, speaking
from lms.foundation.text.i18n import gettext as _
from lms.foundation.turns import one_child

if TYPE_CHECKING:
    from lms.certification.keys.keyring import Ring
    from lms.certification.pdf.content import CertificateFacts

log = logging.getLogger("lms.certification")


def design_named(name: str, settings: Settings, shipped: Path) -> Design:
    """Return a design: the site's own in its data folder before the one that is shipped."""
    for folder in (settings.data / "certificates" / name, shipped / name):
        if (folder / "design.toml").is_file():
            return design_in(folder, shipped / FONTS)
    return design_in(shipped / USUAL, shipped / FONTS)


def list_designs(settings: Settings, shipped: Path) -> list[str]:
    """Return the names of the designs there are, the site's own and those that are shipped."""
    found = [*shipped.glob("*/design.toml"), *(settings.data / "certificates").glob("*/design.toml")]
    return sorted({path.parent.name for path in found})


def get_ready(settings: Settings, shipped: Path) -> None:
    """Load what certificates are made with, and make one that nobody earned, so that the first real one is soon there.

    What is there by then is not looked at again when memory is tidied up, which every later one is made faster by.
    """
    try:
        from lms.certification.pdf import specimen

        day = clock.today(settings.timezone)
        facts = specimen.facts_for(specimen.NOBODY, day, day, specimen.NOBODYS_CODE, settings)
        specimen.make(facts, design_in(shipped / USUAL, shipped / FONTS), keys_of(settings), settings)
    except Exception:
        log.exception("certificates cannot be made here as it is; letters and everything else go on")
    gc.collect()
    gc.freeze()


def make_document(award_id: str, settings: Settings, shipped: Path) -> None:
    """Sign and keep an award's badge, then render, sign and keep its PDF; after trouble the sweep tries again.

    Whatever the PDF waits for, the badge does not.
    """
    award = records.get_award(award_id)
    if document_records.document_is_stored(award_id) or award.waiting or not award.name:
        return
    try:
        ring = keys_of(settings)
        badge = _kept_badge(award, ring, settings)
        content = _render(award, badge, ring, settings, shipped)
    except Exception as trouble:
        log.exception("a certificate could not be made yet")
        write(actions.note_render_trouble, award_id, repr(trouble), getattr(trouble, "letters", ()))
    else:
        write(actions.store_document, award_id, content)
        make_status_lists(settings)


def facts_of(award: Award, programme: Programme, ring: Ring, settings: Settings) -> CertificateFacts:
    """Return all that an award's certificate says; its words and its dates are in one language."""
    with speaking(language_on_paper(award.attestation.language)):
        return _facts_in_words(award, programme, ring, settings)


def _facts_in_words(award: Award, programme: Programme, ring: Ring, settings: Settings) -> CertificateFacts:
    from lms.certification.keys.qr_payload import sealed
    from lms.certification.pdf.content import CertificateFacts

    return CertificateFacts(
        code=award.code,
        verify_url=addresses.qr_address(settings, award.code),
        name=award.name,
        course_title=award.title,
        version=award.version,
        awarded_on=award.passed_on,
        valid_until=award.valid_until,
        hours=duration(award.attestation.minutes).removeprefix("About "),
        attests=wording.sentence(award.name, award.attestation),
        does_not_attest=award.attestation.does_not_attest,
        programme=programme.name,
        level=wording.level_words(award.attestation),
        digest=award.digest,
        signatories=wording.signatories(programme.facts.get("signatory", "")),
        language=language().replace("_", "-"),
        sealed=sealed(wording.paper_of(award), ring.badge_key),
        words=_words_of(award),
        logo=logo_of(programme, settings),
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
        return FileStore(settings.data / "files").get(digest)
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


def _render(award: Award, badge: bytes, ring: Ring, settings: Settings, shipped: Path) -> bytes:
    from lms.certification.pdf.fallback import render_well
    from lms.certification.pdf.signing import sign

    programme = get_programme(award.programme_id)
    design = _design_of(award, programme, settings, shipped)
    facts = facts_of(award, programme, ring, settings)
    if letters := missing_glyphs(plain(award.name), design):
        raise LettersMissing(letters)
    return sign(render_well(facts, design, badge, settings.data), ring, settings.pdf_subfilter)


def sweep(settings: Settings, shipped: Path) -> None:
    """Make every document that is asked for and not made, and every list of withdrawn badges that is stale."""
    for award_id in document_records.list_unrendered():
        make_document(award_id, settings, shipped)
    make_status_lists(settings)


def render_in_child(code: str, settings: Settings) -> None:
    """Make one document in a process of its own, for a site whose job process does not run."""
    command = [sys.executable, "-m", "lms.cli", "certificates", "render", code]
    try:
        with one_child(settings.data):
            subprocess.run(command, check=False, timeout=30, capture_output=True, env=_of_this_site(settings))
    except subprocess.TimeoutExpired:
        log.warning("a certificate took too long in its child process; the sweep will make it")


def make_requested_transcript(person_id: str, settings: Settings, shipped: Path) -> None:
    """Make the PDF that somebody asked for, in the language of their request; after trouble the sweep tries again."""
    request = transcript_requests.find_request(person_id)
    if request is None or request.made_at:
        return
    try:
        with speaking(request.language):
            content = make_transcript(person_id, settings, shipped)
    except Exception:
        log.exception("a transcript could not be made yet")
        write(transcript_requests.note_trouble, person_id)
    else:
        write(transcript_requests.store, person_id, content)


def sweep_transcripts(settings: Settings, shipped: Path) -> None:
    """Delete the PDFs of transcripts whose hour is over, and make those that are asked for and not made."""
    write(transcript_requests.delete_old)
    for person_id in transcript_requests.list_unmade():
        make_requested_transcript(person_id, settings, shipped)


def make_transcript(person_id: str, settings: Settings, shipped: Path) -> bytes:
    """Return somebody's transcript as a signed PDF, in the language of the moment."""
    from lms.certification.pdf.render import About, as_pdf
    from lms.certification.pdf.signing import sign

    person, ring = get_person(person_id), keys_of(settings)
    told = transcripts.transcript_of(
        person_id, plain(person.certificate_name or person.display_name), clock.today(settings.timezone)
    )
    values = transcripts.values_of(told, settings)
    design = design_in(shipped / "papers" / "transcript", shipped / FONTS, "transcript")
    text = " ".join(_texts(values))
    more = {
        "name_direction": direction_of(told.name),
        "name_is_covered": covers(design, "name", told.name + "".join(line.course for line in told.lines)),
        "text_is_covered": covers(design, "text", text),
    }
    about = About(values["title"], told.name, values["language"], told.made_on, f"transcript {text}")
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


def _of_this_site(settings: Settings) -> dict[str, str]:
    """Return the environment in which a child works on the same rows and files as this process."""
    return {**os.environ, "LMS_DATA": str(settings.data), "LMS_DATABASE_URL": settings.database_url}
