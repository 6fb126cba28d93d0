"""Who has a valid certificate and until when: names, units, status and dates, and nothing else of anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lms.accounts.members.learner_records import list_learners_after
from lms.accounts.members.records import find_place, unit_of, unit_with_those_below
from lms.certification.awards.records import Award, list_valid_of
from lms.foundation.text.i18n import gettext as _

PAGE = 50


@dataclass(frozen=True)
class StatusRow:
    """Somebody in one course, or without a valid certificate; `mark` is the shape beside the status."""

    name: str
    unit: str
    mark: str
    status: str
    course: str
    until: date | None


def page_of(
    programme_id: str, employer_id: str, search: str, after: str, today: date
) -> tuple[list[StatusRow], str, str]:
    """Return the rows after somebody, the place at which the next page begins, and the employer's unit, if any."""
    unit_id, unit = unit_of(programme_id, employer_id)
    units = unit_with_those_below(unit_id) if unit_id else None
    people = list_learners_after(programme_id, units, search, find_place(programme_id, after), PAGE + 1)
    awards: dict[str, dict[str, Award]] = {}
    for award in list_valid_of(programme_id, [person.person_id for person in people[:PAGE]], today):
        awards.setdefault(award.person_id, {})[award.enrolment_id] = award
    rows: list[StatusRow] = []
    for person in people[:PAGE]:
        found = sorted(awards.get(person.person_id, {}).values(), key=lambda award: award.title)
        rows += [_row(person.name, person.unit, award) for award in found]
        if not found:
            rows.append(StatusRow(person.name, person.unit, "none", _("No valid certificate"), "", None))
    return rows, people[PAGE - 1].public_id if len(people) > PAGE else "", unit


def _row(name: str, unit: str, award: Award) -> StatusRow:
    status = _("Ready to practise") if award.level == "ready" else _("Completed")
    return StatusRow(name, unit, "ok", status, award.title, award.valid_until)
