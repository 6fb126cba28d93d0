"""What coordinators see of certificates, courses and requests of their programme."""

from __future__ import annotations

from typing import Any

from lms.accounts.records import get_person
from lms.certification.awards.document_records import find_letters
from lms.certification.awards.name_records import list_confirmed_names, list_name_requests
from lms.certification.awards.naming.titles import claims_more, titles_in
from lms.certification.awards.records import list_awards_of_enrolment
from lms.certification.awards.rules import name_fits, plain_name
from lms.certification.awards.texts.wording import level_words
from lms.certification.renewal.pages import words_of
from lms.foundation.config.settings import Settings
from lms.library.course_cache import get_course
from lms.library.records import find_newest_digest, list_offerings_of


def name_to_confirm(printed: str, joined_as: str, person_id: str, confirmed: set[tuple[str, str]]) -> bool:
    """Decide whether a coordinator is asked to confirm a name on a certificate.

    They are when it isn't the name that its holder joined with, which nobody can change afterwards, or when it holds a
    title or a profession.
    """
    asks = bool(printed) and (not name_fits(printed, joined_as) or claims_more(printed))
    return asks and (person_id, plain_name(printed)) not in confirmed


def certificates_of(enrolment_id: str, joined_as: str, settings: Settings) -> list[dict[str, Any]]:
    """Return what a coordinator sees of the certificates of one person in one course, the newest first."""
    issued = [award for award in list_awards_of_enrolment(enrolment_id) if not award.waiting]
    asks = any(name_to_confirm(award.name, joined_as, award.person_id, set()) for award in issued)
    confirmed = list_confirmed_names(issued[0].programme_id, {issued[0].person_id}) if asks else set()
    return [
        {
            "code": award.code,
            "version": award.version,
            "level": level_words(award.attestation),
            "state": words_of(award, settings)[:2],
            "awarded_on": award.passed_on,
            "until": award.valid_until,
            "name": award.name,
            "to_confirm": name_to_confirm(award.name, joined_as, award.person_id, confirmed),
            "is_known": name_fits(award.name, joined_as),
            "titles": titles_in(award.name),
            "letters": find_letters(award.id) if award.current_for else (),
            "is_newest": award.current_for is not None,
            "withdrawn": award.withdrawn_at is not None,
        }
        for award in issued
    ]


def courses_of(programme_id: str) -> list[tuple[str, str]]:
    """Return (course id, title) of what a programme offers, in its order, without private courses."""
    offered = [offering.course_id for offering in list_offerings_of(programme_id)]
    titles = [(course_id, *_course(course_id)) for course_id in offered]
    return [(course_id, title) for course_id, title, private in titles if not private]


def title_of(course_id: str) -> str:
    """Return the title of a course in its newest version, or its id when there is none to be read."""
    return _course(course_id)[0]


def name_requests(programme_id: str) -> list[tuple[str, str, str, str]]:
    """Return (code, who asks, name asked for, course) of certificates that are asked for in another name."""
    return [
        (award.code, get_person(award.person_id).display_name, asked.name, award.title)
        for asked, award in list_name_requests(programme_id)
    ]


def _course(course_id: str) -> tuple[str, bool]:
    digest = find_newest_digest(course_id)
    course = get_course(digest) if digest else None
    return (course.title, course.private) if course else (course_id, False)
