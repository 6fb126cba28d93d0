"""List the certificates that wait for their names to be confirmed, a page at a time, oldest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lms.accounts.addresses import as_people_write
from lms.accounts.records import Person
from lms.certification.awards.name_records import list_waiting_names
from lms.certification.awards.naming.confirming import mark_of
from lms.certification.awards.naming.titles import claims_more, titles_in
from lms.certification.awards.records import Award, find_award_for_staff
from lms.certification.awards.rules import name_fits

PAGE = 25


@dataclass(frozen=True)
class WaitingName:
    """A certificate that waits for its name; `known` is the name under which the programme knows its holder."""

    code: str
    name: str
    mark: str
    known: str
    titles: str
    address: str
    course: str
    passed_on: date
    is_mine: bool
    # The name is the one that the programme knows, and says nothing more.
    is_plain: bool


def list_page(programme_id: str, me: str, after: str) -> tuple[list[WaitingName], str | None]:
    """Return a page of certificates after the one with a code, and the code after which the next page starts.

    If nothing waits after it any more, it's the first page.
    """
    place = find_award_for_staff(programme_id, after) if after else None
    found = list_waiting_names(programme_id, PAGE + 1, place.id if place else "")
    if place and not found:
        return list_page(programme_id, me, "")
    rows = [_row(award, person, me) for award, person in found[:PAGE]]
    return rows, rows[-1].code if len(found) > PAGE else None


def _row(award: Award, person: Person, me: str) -> WaitingName:
    fits = name_fits(award.name, person.joined_as)
    return WaitingName(
        award.code,
        award.name,
        mark_of(award.name),
        "" if fits else person.joined_as,
        ", ".join(titles_in(award.name)),
        as_people_write(person.email),
        award.title,
        award.passed_on,
        award.person_id == me,
        fits and not claims_more(award.name),
    )
