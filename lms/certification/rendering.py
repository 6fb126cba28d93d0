"""Making documents: from an award to bytes that are kept, in the job process or in a short-lived child."""

from __future__ import annotations

import gc
import logging
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lms.accounts.records import Programme, get_person, get_programme
from lms.certification import actions, credentials, pages, records, transcript_requests, transcripts
from lms.certification.designs import FONTS, USUAL, Design, covers, design_in, missing_glyphs
from lms.certification.issuers import issuer_of, multikey
from lms.certification.lessons_done import all_lessons_asked
from lms.certification.printed import WORDS, direction_of, plain
from lms.certification.records import Award
from lms.certification.renewed import is_renewed
from lms.foundation import clock
from lms.foundation.db import write
from lms.foundation.files import FileStore
from lms.foundation.settings import Settings
from lms.foundation.turns import one_child
from lms.foundation.words import duration, language, language_on_paper, speaking
from lms.foundation.words import gettext as _

if TYPE_CHECKING:
    from lms.certification.keyring import Ring
    from lms.certification.printed import CertificateFacts

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


def keys_of(settings: Settings, *, fresh: bool = False) -> Ring:
    """Return the site's signing keys, whose public halves are remembered for ever from now on.

    Raise KeyTrouble for one that is missing although it signed before, unless fresh ones are asked for.
    """
    from lms.certification.keyring import open_ring

    known = credentials.list_keys()
    ring = open_ring(settings, set() if fresh else {key.kind for key in known})
    badge = multikey(ring.badge_public)
    found = ((ring.certificate_id, "document", ring.certificate_pem), (badge, "badge", badge))
    if not {key_id for key_id, _kind, _public in found} <= {key.id for key in known}:
        write(credentials.note_keys, found)
    return ring


def get_ready(settings: Settings, shipped: Path) -> None:
    """Load what certificates are made with, and make one that nobody earned, so that the first real one is soon there.

    What is there by then is not looked at again when memory is tidied up, which every later one is made faster by.
    """
    try:
        from lms.certification import specimen

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
    if records.document_is_stored(award_id) or award.waiting or not award.name:
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


def _kept_badge(award: Award, ring: Ring, settings: Settings) -> bytes:
    """Return the badge that is kept, after making and keeping it where there is none."""
    kept = credentials.find_credential(award.id)
    if kept is None:
        place = credentials.find_place()
        write(_keep_badge, award.id, place, make_badge(award, place, ring, settings))
        make_status_lists(settings)
        kept = credentials.find_credential(award.id)
    if kept is None:
        raise LookupError("a badge that was just kept is not there")
    return kept.content


def _keep_badge(award_id: str, place: tuple[int, int], badge: bytes) -> None:
    """Keep a badge, unless its name was taken away while it was made."""
    if records.get_award(award_id).name:
        credentials.keep_credential(award_id, place, badge)


def make_badge(award: Award, place: tuple[int, int], ring: Ring, settings: Settings) -> bytes:
    """Return an award's badge, signed, in the language of its PDF."""
    with speaking(language_on_paper(award.facts["language"])):
        return _badge_in_words(award, place, ring, settings)


def _badge_in_words(award: Award, place: tuple[int, int], ring: Ring, settings: Settings) -> bytes:
    from lms.certification import badges

    number, index = place
    issuer = issuer_of(settings.base_url, ring.badge_public)
    facts = badges.BadgeFacts(
        id=f"urn:uuid:{uuid.uuid4()}",
        name=award.name,
        course_id=award.course_id,
        course_title=award.title,
        version=award.version,
        digest=award.digest,
        awarded_on=award.passed_on,
        valid_until=award.valid_until,
        stands_behind=tuple(pages.fields(award)),
        criteria=" ".join(pages.clauses(award.facts)),
        does_not_attest=award.facts["does_not_attest"],
        programme=get_programme(award.programme_id).name,
        base_url=settings.base_url,
        language=award.facts["language"],
        status_list=pages.status_address(settings, number),
        status_index=index,
        zone=actions.zone_in(award.programme_id, settings),
        issued_at=award.issued_at,
    )
    return badges.as_bytes(badges.sign(badges.build(facts, issuer), ring.badge_key, issuer.key, facts.valid_from))


def make_status_lists(settings: Settings) -> None:
    """Sign the lists of revoked and suspended badges that changed, or that were signed seven days ago or more."""
    stale = credentials.list_stale()
    if not stale:
        return
    from lms.certification import badges

    ring = keys_of(settings)
    issuer = issuer_of(settings.base_url, ring.badge_public)
    for number in stale:
        ended, now = credentials.list_ended(number), clock.now()
        lists: list[bytes] = []
        by_purpose: dict[badges.Purpose, list[int]] = {"revocation": ended.revoked, "suspension": ended.suspended}
        for purpose, indexes in by_purpose.items():
            address = badges.list_address(pages.status_address(settings, number), purpose)
            valid = (now, now + credentials.LIST_DAYS)
            document = badges.status_credential(address, issuer, purpose, indexes, valid)
            lists.append(badges.as_bytes(badges.sign(document, ring.badge_key, issuer.key, now)))
        write(credentials.keep_status_list, number, ended, (lists[0], lists[1]), now)


def facts_of(award: Award, programme: Programme, ring: Ring, settings: Settings) -> CertificateFacts:
    """Return all that an award's certificate says; its words and its dates are in one language."""
    with speaking(language_on_paper(award.facts["language"])):
        return _facts_in_words(award, programme, ring, settings)


def _facts_in_words(award: Award, programme: Programme, ring: Ring, settings: Settings) -> CertificateFacts:
    from lms.certification.printed import CertificateFacts
    from lms.certification.squares import sealed

    return CertificateFacts(
        code=award.code,
        verify_url=pages.square_address(settings, award.code),
        name=award.name,
        course_title=award.title,
        version=award.version,
        awarded_on=award.passed_on,
        valid_until=award.valid_until,
        hours=duration(award.facts["minutes"]).removeprefix("About "),
        attests=pages.sentence(award.name, award.facts),
        does_not_attest=award.facts["does_not_attest"],
        programme=programme.name,
        level=pages.level_words(award.facts),
        digest=award.digest,
        signatories=pages.signatories(programme.facts.get("signatory", "")),
        language=language().replace("_", "-"),
        sealed=sealed(pages.paper_of(award), ring.badge_key),
        words=_words_of(award),
        logo=logo_of(programme, settings),
    )


def _words_of(award: Award) -> dict[str, str]:
    """Return all words of a certificate in its language; some say what was asked and done."""
    words = {key: _(english) for key, english in WORDS.items()}
    if "lessons" in award.facts:
        words["takes"] = _("The course is self-paced. The parts completed take about {hours}.")
    if is_renewed(award.facts):
        words["before_course"] = _("renewed the record of training in")
    elif not all_lessons_asked(award.facts):
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
    name = programme.facts.get("design") or award.facts["design"]
    if name not in list_designs(settings, shipped):
        raise PartMissing(f"the certificate design {name} is neither shipped nor in {settings.data / 'certificates'}")
    return design_named(name, settings, shipped)


def _render(award: Award, badge: bytes, ring: Ring, settings: Settings, shipped: Path) -> bytes:
    from lms.certification.last_good import render_well
    from lms.certification.signatures import sign

    programme = get_programme(award.programme_id)
    design = _design_of(award, programme, settings, shipped)
    facts = facts_of(award, programme, ring, settings)
    if letters := missing_glyphs(plain(award.name), design):
        raise LettersMissing(letters)
    return sign(render_well(facts, design, badge, settings.data), ring, settings.pdf_subfilter)


def sweep(settings: Settings, shipped: Path) -> None:
    """Make every document that is asked for and not made, and every list of withdrawn badges that is stale."""
    for award_id in records.list_unrendered():
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
    from lms.certification.documents import About, as_pdf
    from lms.certification.signatures import sign

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
