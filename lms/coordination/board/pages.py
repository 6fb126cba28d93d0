"""What a row of a programme's list says, made once for the screen and for the files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from lms.accounts.members.records import list_units
from lms.certification.awards import rules as award_rules
from lms.certification.awards.actions import today_in
from lms.certification.awards.name_records import list_confirmed_names
from lms.certification.awards.texts.state_wording import state_words
from lms.coordination.board.course_records import list_courses
from lms.coordination.board.list_records import Board
from lms.coordination.board.rules import FINISHED, CertificateState, Column, Sum, TrainingState, status_on, turns_of
from lms.coordination.pages import name_to_confirm
from lms.coordination.suppression import suppress
from lms.foundation.config.settings import Settings
from lms.foundation.text.collation import sort_key
from lms.foundation.text.i18n import day, language
from lms.foundation.text.i18n import gettext as _


@dataclass(frozen=True)
class UnitNames:
    """The units of a programme: their names by inner id, the choices of the filter, and which ids each choice means."""

    names: Mapping[str, str]
    choices: tuple[tuple[str, str], ...]
    within: Mapping[str, tuple[str, ...]]


NO_UNITS = UnitNames({}, (), {})


@dataclass(frozen=True)
class PersonRow:
    """One person in one course, as a coordinator sees them."""

    key: str
    name: str
    email: str
    staff_number: str
    unit: str
    person: str
    course: str
    training: TrainingState
    training_text: str
    until: date | None
    certificate_state: str | None
    certificate_text: str
    # The same facts one by one, as the spreadsheet has them.
    certificate_short: str
    passed_on: date | None
    ready: bool
    code: str | None
    # Behind a course that was started; no page shows it.
    enrolment: str | None
    # The last observed practice could have done harm: a coordinator decides what follows.
    on_hold: bool
    # The name on the certificate, whether somebody should confirm it, and the letters for which its PDF waits.
    printed: str
    to_confirm: bool
    letters: str
    # A newer certificate that was withdrawn beside this one, which is still valid.
    withdrawn_code: str | None
    # Somebody else in the programme has the same name, so that the address is shown as well.
    namesake: bool
    # They have passed, and their certificate waits until somebody has confirmed the name on it.
    waits_for_name: bool


def board_of(programme_id: str, settings: Settings) -> Board:
    """Return a programme's list as it is today."""
    return Board(programme_id, today_in(programme_id, settings), list_courses(programme_id))


def units_of(programme_id: str) -> UnitNames:
    """Return a programme's units, each under the name of the one above it; choosing that one includes those below."""
    units = list_units(programme_id)
    own = {unit.id: unit.name for unit in units}
    names = {unit.id: f"{own[unit.parent_id]} / {unit.name}" if unit.parent_id else unit.name for unit in units}
    order = sorted(units, key=lambda unit: sort_key(names[unit.id], language()))
    within = {unit.public_id: (unit.id, *(row.id for row in units if row.parent_id == unit.id)) for unit in units}
    return UnitNames(names, tuple((unit.public_id, names[unit.id]) for unit in order), within)


def state_names() -> dict[TrainingState, str]:
    """Return the statuses as the filter names them."""
    return {
        "not_started": _("Not started"),
        "in_training": _("In training"),
        "waiting": _("Passed, not issued yet"),
        "completed": _("Completed"),
        "ready": _("Ready to practise"),
        "renew_by": _("Renewal due"),
        "expired": _("Expired"),
        "withdrawn": _("Withdrawn"),
    }


def certificate_names() -> dict[CertificateState, str]:
    """Return the states of certificates as the filter names them."""
    return {"valid": _("Valid"), "expired": _("Expired"), "withdrawn": _("Withdrawn"), "none": _("No certificate yet")}


def role_names() -> dict[str, str]:
    """Return the roles that a learner can have besides, as the filter names them."""
    return {"trainer": _("Also a trainer"), "observer": _("Also an observer"), "coordinator": _("Also a coordinator")}


def column_names() -> dict[Column, str]:
    """Return what stands beside each name, as the heads of the columns say it."""
    return {
        "email": _("Email or sign-in name"),
        "staff_number": _("Staff number"),
        "unit": _("Unit"),
        "course": _("Course"),
        "training": _("Training"),
        "certificate": _("Certificate"),
        "until": _("Valid until"),
    }


def rows_of(board: Board, found: list[Any], units: UnitNames = NO_UNITS) -> list[PersonRow]:
    """Return the rows of a list as they are shown, in the order in which they were found; `units` are names by id."""
    rows = [_row(board, one, units) for one in found]
    asked = [
        place
        for place, (row, one) in enumerate(zip(rows, found, strict=True))
        if row.code and name_to_confirm(row.printed, one.joined_as, one.person_id, set())
    ]
    people = {found[place].person_id for place in asked}
    confirmed = list_confirmed_names(board.programme_id, people) if people else set()
    for place in asked:
        one = found[place]
        differs = name_to_confirm(one.printed, one.joined_as, one.person_id, confirmed)
        rows[place] = replace(rows[place], to_confirm=differs)
    return rows


def _row(board: Board, one: Any, units: UnitNames) -> PersonRow:
    issued = one.code is not None and not one.waiting
    mark, text, short = None, "", ""
    if issued:
        state = award_rules.state_of(
            waiting=False,
            withdrawn=one.withdrawn_at is not None,
            replaced=one.replaced_by is not None,
            valid_until=one.valid_until,
            today=board.today,
        )
        mark, text, _sentence = state_words(state, one.valid_until)
        short = _state_alone(state)
        if one.ready and state == "valid":
            text = _("Valid, ready to practise")
    turns = turns_of(board.courses.get(one.course_id), board.today)
    training = status_on(board.today, turns, one.phase, one.until, ready=one.ready and not one.on_hold)
    return PersonRow(
        key=f"{one.public_id}/{one.course_id}",
        name=f"{one.display_name} ({one.pronouns})" if one.pronouns else one.display_name,
        email=one.email,
        staff_number=one.staff_number or "",
        unit=units.names.get(one.unit_id, ""),
        person=one.public_id,
        course=_title(board, one.course_id),
        training=training,
        training_text=_training_words(board, one, training),
        until=one.valid_until if issued else None,
        certificate_state=mark,
        certificate_text=text,
        certificate_short=short,
        passed_on=None if one.withdrawn_at else one.passed_on,
        ready=bool(issued and one.ready),
        code=one.code if issued else None,
        enrolment=one.enrolment_id,
        on_hold=bool(one.on_hold),
        printed=one.printed if issued else "",
        to_confirm=False,
        letters=(one.letters or "") if issued else "",
        withdrawn_code=one.withdrawn_code,
        namesake=bool(one.namesake),
        waits_for_name=not issued and one.name_waits_since is not None,
    )


def _title(board: Board, course_id: str) -> str:
    course = board.courses.get(course_id)
    return course.title if course else course_id


def _training_words(board: Board, one: Any, state: TrainingState) -> str:
    """Return a status in words, with its date; a grace period is part of the words of "renewal due"."""
    if state == "waiting":
        if one.name_waits_since:
            return _("Passed %(day)s, waiting for the name to be confirmed", day=day(one.passed_on))
        return _("Passed %(day)s, waiting for the course’s review", day=day(one.passed_on))
    if state == "completed":
        passed = day(one.passed_on)
        return _("Renewed %(day)s", day=passed) if one.cycle > 1 else _("Completed %(day)s", day=passed)
    if state == "expired":
        return _("Expired %(day)s", day=day(one.valid_until))
    if state == "renew_by" and one.valid_until < board.today:
        course = board.courses.get(one.course_id)
        grace = timedelta(days=course.grace_days if course else 0)
        return _("Renewal due, grace period until %(day)s", day=day(one.valid_until + grace))
    if state == "renew_by":
        return _("Renewal due %(day)s", day=day(one.valid_until))
    return _("Certificate withdrawn") if state == "withdrawn" else state_names()[state]


def notes_of(row: PersonRow) -> list[str]:
    """Return what beside its state asks a coordinator to look at a certificate."""
    found = [
        row.on_hold and _("Readiness on hold"),
        row.to_confirm and _("Name to confirm"),
        row.letters and _("No PDF yet"),
        row.withdrawn_code and _("A newer certificate was withdrawn"),
    ]
    return [words for words in found if words]


def usage_of(board: Board, sums: Iterable[Sum]) -> list[tuple[str, int | None, int | None]]:
    """Return (course, who began, who finished) as numbers, None where the group is too small to be told."""
    found: dict[str, list[int]] = {}
    for one in sums:
        if one.course_id:
            found.setdefault(one.course_id, [0, 0])[one.state in FINISHED] += one.count
    shown = [(_title(board, course_id), suppress(parts)) for course_id, parts in found.items()]
    return sorted((title, each.whole, each.parts[1]) for title, each in shown)


def _state_alone(state: award_rules.State) -> str:
    """Return a certificate's state in words without a day, for a column of its own."""
    return {
        "valid": _("Valid"),
        "expired": _("Expired"),
        "revoked": _("Withdrawn"),
    }.get(state, state_words(state, None)[1])
