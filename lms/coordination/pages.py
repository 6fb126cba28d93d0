"""The list of a programme's people, made once for the screen and for the CSV."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from lms.accounts.records import get_person
from lms.certification.awards.document_records import find_letters, list_troubled
from lms.certification.awards.name_records import list_confirmed_names, list_name_requests
from lms.certification.awards.observations import list_held_back
from lms.certification.awards.records import Award, best_issued, list_awards_by_enrolment, list_awards_of_enrolment
from lms.certification.awards.rules import State, claims_a_title, name_fits, plain_name
from lms.certification.awards.texts.state_wording import state_words
from lms.certification.awards.texts.wording import level_words
from lms.certification.awards.validity import Stage, Validity, stage_of
from lms.certification.renewal.actions import rule_of
from lms.certification.renewal.pages import words_of
from lms.coordination.rules import TrainingState, training_state
from lms.coordination.suppression import suppress
from lms.foundation.config.settings import Settings
from lms.foundation.text.collation import found_in, search_key, sort_key
from lms.foundation.text.i18n import day, language
from lms.foundation.text.i18n import gettext as _
from lms.learning.progress.records import Enrolment, Learner, list_enrolments_of_programme, list_learners
from lms.library.course_cache import get_course
from lms.library.records import find_newest_digest, list_offerings


@dataclass(frozen=True)
class PersonRow:
    """One person in one course, as a coordinator sees them."""

    name: str
    email: str
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
    # What can be chosen: a key for the page, and the enrolment behind it, which no page shows.
    key: str | None
    enrolment: str | None
    # The last observed practice could have done harm: a coordinator decides what follows.
    on_hold: bool = False
    # The name on the certificate, whether somebody should confirm it, and the letters for which its PDF waits.
    printed: str = ""
    to_confirm: bool = False
    letters: str = ""
    # A newer certificate that was withdrawn beside this one, which is still valid.
    withdrawn_code: str | None = None
    # Somebody else in the programme has the same name, so that the address is shown as well.
    namesake: bool = False


def training_words(state: TrainingState, award: Award | None, stage: Stage | None, grace_days: int = 0) -> str:
    """Return a training state in words, with its date; where a cycle stands is part of the words of "renewal due"."""
    if award is None:
        return _("In training") if state == "in_training" else _("Not started")
    if state == "waiting":
        return _("Passed %(day)s, waiting for the course’s review", day=day(award.passed_on))
    if state == "withdrawn":
        return _("Certificate withdrawn")
    issued = award
    until = issued.valid_until
    if until is None or stage in {"current", "without end"}:
        passed = day(issued.passed_on)
        return _("Renewed %(day)s", day=passed) if issued.cycle > 1 else _("Completed %(day)s", day=passed)
    if stage == "in grace":
        return _("Renewal due, grace period until %(day)s", day=day(until + timedelta(days=grace_days)))
    if stage == "lapsed":
        return _("Renewal was due %(day)s", day=day(until))
    return _("Renewal due %(day)s", day=day(until))


def state_names() -> dict[TrainingState, str]:
    """Return the training states as the filter names them."""
    return {
        "not_started": _("Not started"),
        "in_training": _("In training"),
        "waiting": _("Passed, waiting for review"),
        "completed": _("Completed"),
        "renew_by": _("Renewal due"),
        "withdrawn": _("Certificate withdrawn"),
    }


def rows_of(programme_id: str, today: date) -> list[PersonRow]:
    """Return everybody of a programme, one row for each course begun, or one for nothing begun yet.

    A private course shows nothing: its enrolments count as not begun.
    """
    all_awards = list_awards_by_enrolment(programme_id)
    awards = {enrolment: best_issued(found, today) or found[0] for enrolment, found in all_awards.items()}
    begun: dict[str, list[tuple[str, Enrolment | None, Award | None]]] = {}
    courses: dict[str, tuple[str, bool]] = {}
    rules: dict[str, Validity] = {}
    for standing in awards.values():
        if standing.digest not in rules:
            rules[standing.digest] = rule_of(standing)
    for enrolment in list_enrolments_of_programme(programme_id):
        if enrolment.course_id not in courses:
            courses[enrolment.course_id] = _course(enrolment.course_id)
        title, private = courses[enrolment.course_id]
        if not private:
            begun.setdefault(enrolment.person_id, []).append((title, enrolment, awards.get(enrolment.id)))
    rows, held = [], list_held_back(programme_id)
    confirmed, waiting = list_confirmed_names(programme_id), list_troubled(programme_id)
    learners = list_learners(programme_id)
    names = Counter(search_key(learner.name) for learner in learners)
    for learner in learners:
        namesake = names[search_key(learner.name)] > 1
        for title, taken, award in begun.get(learner.person_id, [("", None, None)]):
            rule = rules[award.digest] if award else None
            row = _row(learner, title, taken, award, rule, today=today)
            row = replace(row, on_hold=row.enrolment in held, namesake=namesake)
            if award and not award.waiting:
                request = waiting.get(award.id)
                differs = name_to_confirm(award.name, learner.joined_as, award.person_id, confirmed)
                letters = (request.letters or "") if request else ""
                beside = _withdrawn_beside(award, all_awards[award.enrolment_id])
                row = replace(row, printed=award.name, to_confirm=differs, letters=letters, withdrawn_code=beside)
            rows.append(row)
    spoken = language()
    return sorted(rows, key=lambda row: (sort_key(row.name, spoken), row.email, row.course))


def _withdrawn_beside(shown: Award, awards: list[Award]) -> str | None:
    """Return the code of a newer certificate that was withdrawn beside the one that a row shows."""
    newer = next(award for award in awards if not award.waiting)
    return newer.code if newer is not shown and newer.withdrawn_at else None


def name_to_confirm(printed: str, joined_as: str, person_id: str, confirmed: set[tuple[str, str]]) -> bool:
    """Decide whether a coordinator is asked to confirm a name on a certificate.

    They are when it isn't the name that its holder joined with, which nobody can change afterwards, or when it holds a
    title or a profession.
    """
    asks = bool(printed) and (not name_fits(printed, joined_as) or claims_a_title(printed))
    return asks and (person_id, plain_name(printed)) not in confirmed


def _course(course_id: str) -> tuple[str, bool]:
    digest = find_newest_digest(course_id)
    course = get_course(digest) if digest else None
    return (course.title, course.private) if course else (course_id, False)


def _row(
    learner: Learner,
    title: str,
    enrolment: Enrolment | None,
    award: Award | None,
    rule: Validity | None,
    *,
    today: date,
) -> PersonRow:
    issued = award if award and not award.waiting else None
    stage = stage_of(rule, issued.valid_until, today) if issued and rule else None
    withdrawn = issued is not None and issued.withdrawn_at is not None
    waiting = award is not None and award.waiting
    state = training_state(begun=enrolment is not None, stage=stage, waiting=waiting, withdrawn=withdrawn)
    mark, text, short = None, "", ""
    if issued:
        short = _state_alone(issued.state(today))
        mark, text, _sentence = state_words(issued.state(today), issued.valid_until)
        if issued.level == "ready" and issued.state(today) == "valid":
            text = _("Valid, ready to practise")
    return PersonRow(
        name=learner.name,
        email=learner.email,
        person=learner.public_id,
        course=title,
        training=state,
        training_text=training_words(state, award, stage, rule.grace_days if rule else 0),
        until=issued.valid_until if issued else None,
        certificate_state=mark,
        certificate_text=text,
        certificate_short=short,
        passed_on=award.passed_on if award and not withdrawn else None,
        ready=bool(issued and issued.level == "ready"),
        code=issued.code if issued else None,
        key=f"{learner.public_id}/{enrolment.course_id}" if enrolment else None,
        enrolment=enrolment.id if enrolment else None,
    )


def certificates_of(enrolment_id: str, joined_as: str, settings: Settings) -> list[dict[str, Any]]:
    """Return what a coordinator sees of the certificates of one person in one course, the newest first."""
    issued = [award for award in list_awards_of_enrolment(enrolment_id) if not award.waiting]
    confirmed = list_confirmed_names(issued[0].programme_id) if issued else set()
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
            "letters": find_letters(award.id),
            "is_newest": award.current_for is not None,
            "withdrawn": award.withdrawn_at is not None,
        }
        for award in issued
    ]


def courses_of(programme_id: str) -> list[tuple[str, str]]:
    """Return (course id, title) of what a programme offers, in its order, without private courses."""
    offered = [offering.course_id for offering in list_offerings() if offering.programme_id == programme_id]
    titles = [(course_id, *_course(course_id)) for course_id in offered]
    return [(course_id, title) for course_id, title, private in titles if not private]


def name_requests(programme_id: str) -> list[tuple[str, str, str, str]]:
    """Return (code, who asks, name asked for, course) of certificates that are asked for in another name."""
    return [
        (award.code, get_person(award.person_id).display_name, asked.name, award.title)
        for asked, award in list_name_requests(programme_id)
    ]


def usage_of(rows: list[PersonRow]) -> list[tuple[str, int | None, int | None]]:
    """Return (course, who began, who finished) as numbers, None where the group is too small to be told."""
    found = []
    for course in sorted({row.course for row in rows if row.course}):
        states = [row.training for row in rows if row.course == course]
        finished = sum(state in {"waiting", "completed", "renew_by"} for state in states)
        shown = suppress([len(states) - finished, finished])
        found.append((course, shown.whole, shown.parts[1]))
    return found


def chosen(rows: list[PersonRow], search: str, states: list[TrainingState]) -> list[PersonRow]:
    """Return the rows that fit a search by name, address or course, and the chosen states."""
    return [
        row
        for row in rows
        if (not states or row.training in states) and found_in(search, f"{row.name} {row.email} {row.course}")
    ]


def _state_alone(state: State) -> str:
    """Return a certificate's state in words without a day, for a column of its own."""
    return {
        "valid": _("Valid"),
        "expired": _("Expired"),
        "revoked": _("Withdrawn"),
    }.get(state, state_words(state, None)[1])
