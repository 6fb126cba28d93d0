"""The two levels of a certificate: practice is observed and recorded, and the last that is asked brings a second."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lms.accounts.members.actions import is_line_manager
from lms.accounts.records import Person, get_person, list_staff
from lms.certification.awards import observations as award_observations
from lms.certification.awards import records, rules
from lms.certification.awards.actions import name_of_next, put_name, today_in
from lms.certification.awards.attestation import ObservedPractice
from lms.certification.awards.events import (
    CertificateIssued,
    CertificateRaised,
    ObservationUndone,
    ObserverConfirmed,
    PracticeObserved,
    ReadinessSet,
)
from lms.certification.awards.observations import Observation, ReadinessRule
from lms.certification.awards.records import Award
from lms.content.model.course import Course
from lms.foundation import clock, ids
from lms.foundation.config.settings import Settings
from lms.foundation.db import db
from lms.foundation.events import announce
from lms.foundation.refused import Refused
from lms.foundation.text.i18n import gettext as _
from lms.learning.progress.records import Enrolment, get_enrolment
from lms.library.course_cache import get_course
from lms.library.records import find_newest_digest


@dataclass(frozen=True)
class ObservationInput:
    """An observed practice to record: by whom, on which day, and one of the four ratings.

    `observer_id` is the observer's account in the programme, which then decides the name and the role.
    """

    observer: str
    role: str
    on: date
    rating: str
    observer_id: str | None = None


@dataclass(frozen=True)
class Readiness:
    """How far somebody is from being ready to practise, and what was observed so far."""

    needed: int
    shown: int
    stopped: bool
    ready: bool
    rows: tuple[Observation, ...]


def observations_needed(programme_id: str, course: Course) -> int:
    """Return how many observed practices are asked for: a programme may ask for more than its course, not for fewer."""
    return max(course.criteria.observed_practice, award_observations.asked_by_programme(programme_id, course.id))


def record_observation(enrolment_id: str, observation: ObservationInput, by: str | None) -> Observation | Refused:
    """Record an observed practice; recording the same one twice is recording it once.

    An observer without an account in the programme waits for a second person to confirm them.
    """
    enrolment = get_enrolment(enrolment_id)
    person = get_person(enrolment.person_id)
    account = _account_of(observation, enrolment.programme_id)
    refused = _refusal(person, observation, account, by)
    refused = refused or _of_line_manager(enrolment, account[0] if account else None, observation.observer)
    if refused:
        return refused
    if account:
        observer, roles = account
        observation = ObservationInput(
            observer.display_name, _role_of(roles, observation.role), observation.on, observation.rating, observer.id
        )
    recorded = [row for row in award_observations.list_observations(enrolment_id) if row.undone_at is None]
    for row in recorded:
        same = ObservationInput(row.observer, row.observer_role, row.seen_on, row.rating, row.observer_id)
        if same == observation and not _is_harm_after_good(row, recorded):
            return row
    row = Observation(
        id=ids.inner_id(),
        public_id=ids.public_id(),
        programme_id=enrolment.programme_id,
        enrolment_id=enrolment_id,
        observer=observation.observer,
        observer_role=observation.role,
        observer_id=observation.observer_id,
        pending=observation.observer_id is None,
        seen_on=observation.on,
        rating=observation.rating,
        recorded_by=by,
        recorded_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    announce(PracticeObserved(enrolment.person_id, enrolment.programme_id, enrolment_id, row.public_id))
    return row


def _is_harm_after_good(harm: Observation, recorded: list[Observation]) -> bool:
    """Decide whether good practice of the same day was recorded since harm, so that harm again is another record."""
    since = [row.rating for row in recorded if row.seen_on == harm.seen_on and row.id > harm.id]
    return harm.rating == "harmful" and any(rating in rules.SHOWN for rating in since)


def _account_of(observation: ObservationInput, programme_id: str) -> tuple[Person, frozenset[str]] | None:
    """Return the account of an observer with a role in the programme: the one that was chosen, or the one so named."""
    staff = list_staff(programme_id)
    if observation.observer_id:
        return next(((person, roles) for person, roles in staff if person.id == observation.observer_id), None)
    named = [(person, roles) for person, roles in staff if rules.name_fits(observation.observer, person.display_name)]
    return named[0] if len(named) == 1 else None


def _role_of(roles: frozenset[str], said: str) -> str:
    return said if said in roles else next(role for role in rules.OBSERVER_ROLES if role in roles)


def _refusal(
    person: Person, observation: ObservationInput, account: tuple[Person, frozenset[str]] | None, by: str | None
) -> Refused | None:
    if observation.observer_id and account is None:
        return Refused(_("This person no longer has a role in your programme. Please choose the observer again."))
    names = {person.display_name, person.certificate_name} - {""}
    own = (
        account[0].id == person.id
        if account
        else any(rules.names_the_same(observation.observer, name) for name in names)
    )
    if by == person.id or own:
        return Refused(_("People can’t observe or record their own practice. Please name who was there."))
    return None


def _of_line_manager(enrolment: Enrolment, observer: Person | None, name: str) -> Refused | None:
    """Refuse an observer, with an account or by name, who is the line manager of whom they observed."""
    name = observer.display_name if observer else name
    if not is_line_manager(enrolment.programme_id, enrolment.person_id, observer.id if observer else None, name):
        return None
    said = _(
        "%(name)s is their line manager, so can’t be the observer. Nothing was recorded. Please choose another "
        "observer, or change the line manager on their page if that’s out of date."
    )
    return Refused(said % {"name": name})


def who_may_confirm(row: Observation) -> list[Person]:
    """Return who may confirm the observer of a record: trainers and coordinators who have no part in it."""
    part = {row.recorded_by, get_enrolment(row.enrolment_id).person_id}
    return [
        person
        for person, roles in list_staff(row.programme_id)
        if roles & {"trainer", "coordinator"} and person.id not in part
    ]


def confirm_observer(row_id: str, by: str) -> Refused | None:
    """Confirm that the person named did observe a practice; it counts from now on."""
    row = db.session.get_one(Observation, row_id)
    if by not in {person.id for person in who_may_confirm(row)}:
        return Refused(
            _("You recorded this, or it’s about you, so somebody else needs to confirm it. Nothing was changed.")
        )
    if row.pending and row.undone_at is None:
        row.pending, row.confirmed_by, row.confirmed_at = False, by, clock.now()
        db.session.flush()
        person_id = get_enrolment(row.enrolment_id).person_id
        announce(ObserverConfirmed(person_id, row.programme_id, row.enrolment_id, row.public_id))
    return None


def decline_observer(row_id: str, by: str) -> Refused | None:
    """Say as a second person that an observer cannot be confirmed: the record no longer counts."""
    row = db.session.get_one(Observation, row_id)
    if by not in {person.id for person in who_may_confirm(row)}:
        return Refused(
            _("You recorded this, or it’s about you, so somebody else needs to confirm it. Nothing was changed.")
        )
    if row.pending:
        undo_observation(row_id, "not confirmed")
    return None


def undo_observation(row_id: str, reason: str) -> None:
    """Let what was recorded no longer count; a certificate that stands on it already goes on standing."""
    row = db.session.get_one(Observation, row_id)
    if row.undone_at is None:
        row.undone_at, row.undone_reason = clock.now(), reason
        enrolment = get_enrolment(row.enrolment_id)
        announce(
            ObservationUndone(enrolment.person_id, enrolment.programme_id, row.enrolment_id, row.public_id, reason)
        )


def set_readiness(programme_id: str, course_id: str, observations: int, settings: Settings) -> None:
    """Set how many observed practices a programme asks for, and issue what is earned by that already."""
    row = db.session.get(ReadinessRule, (programme_id, course_id))
    if row is None:
        row = ReadinessRule(programme_id=programme_id, course_id=course_id)
        db.session.add(row)
    row.observations = observations
    db.session.flush()
    announce(ReadinessSet(programme_id, course_id, observations))
    for enrolment_id in award_observations.list_observed(programme_id):
        raise_if_earned(enrolment_id, settings)


def raise_if_earned(enrolment_id: str, settings: Settings) -> Award | None:
    """Issue the certificate of the second level of an enrolment once enough practice was observed."""
    current = records.find_award_of_enrolment(enrolment_id)
    return raise_award_if_earned(current, settings) if current else None


def raise_award_if_earned(current: Award, settings: Settings) -> Award | None:
    """Issue the certificate of the second level once enough was observed; the first stays what it is.

    One that was withdrawn for harm is followed by another once practice that was observed since is enough again.
    """
    if current.current_for is None or not _may_be_raised(current):
        return None
    needed = observations_needed(current.programme_id, get_course(current.digest))
    found = award_observations.list_open(current.enrolment_id) if needed else []
    if not rules.is_ready(needed, [row.rating for row in found]):
        return None
    first = _first_of(current)
    today = today_in(current.programme_id, settings)
    ended = current.valid_until is not None and today > current.valid_until
    if ended or (first and first.withdrawn_at is not None):
        return None
    return _raise(current, first or current, found, today)


def _may_be_raised(current: Award) -> bool:
    """Decide whether a certificate of readiness may follow the current one: no other withdrawal is passed over."""
    if current.waiting:
        return False
    if current.level == "completed":
        return current.withdrawn_at is None
    return current.withdrawn_at is not None and current.withdrawn_reason == rules.HARM_SEEN


def _first_of(current: Award) -> Award | None:
    """Return the certificate of the first level that was raised to one of the second."""
    if current.level == "completed":
        return None
    awards = records.list_awards_of_enrolment(current.enrolment_id)
    return next((award for award in awards if award.raised_to == current.id), None)


def _raise(current: Award, first: Award, found: list[Observation], today: date) -> Award:
    shown = [
        ObservedPractice(row.seen_on, row.observer, row.observer_role) for row in found if row.rating in rules.SHOWN
    ]
    award = current.successor("raised")
    put_name(award, name_of_next(current))
    award.attestation = current.attestation.raised(shown, today)
    if first.level == "completed":
        first.raised_to = award.id
    records.follow(current, award)
    for row in found:
        row.award_id = award.id
    announce(CertificateRaised(first.id, award.person_id, award.programme_id, award.id))
    announce(CertificateIssued(award.id, award.person_id, award.programme_id, award.record_sha256()))
    return award


def to_withdraw(enrolment_id: str) -> Award | None:
    """Return the certificate of readiness that stands although harm was seen since, for its coordinator to decide."""
    current = records.find_award_of_enrolment(enrolment_id)
    is_current = current is not None and current.level == "ready" and not (current.withdrawn_at or current.waiting)
    return current if is_current and award_observations.is_held_back(enrolment_id) else None


def find_readiness(enrolment_id: str) -> Readiness | None:
    """Return how far an enrolment is from the second level; None where none is asked for and nothing was recorded."""
    enrolment = get_enrolment(enrolment_id)
    current = records.find_award_of_enrolment(enrolment_id)
    digest = current.digest if current else find_newest_digest(enrolment.course_id, enrolment.minor_line)
    needed = observations_needed(enrolment.programme_id, get_course(digest)) if digest else 0
    rows = award_observations.list_observations(enrolment_id)
    if not needed and not rows:
        return None
    ratings = [row.rating for row in award_observations.list_open(enrolment_id)]
    ready = bool(current and current.level == "ready" and not current.withdrawn_at)
    shown = sum(rating in rules.SHOWN for rating in ratings)
    return Readiness(needed, min(shown, needed), rules.held_back(ratings), ready, tuple(rows))


def asks_for_observing(enrolment: Enrolment, course: Course) -> bool:
    """Decide whether observed practice can be recorded for an enrolment."""
    return observations_needed(enrolment.programme_id, course) > 0
