"""The two levels of a certificate: practice is observed and recorded, and the last that is asked brings a second."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import inspect

from lms.accounts.records import Person, get_person
from lms.certification import evidence, records, rules
from lms.certification.actions import Refused, today_in
from lms.certification.codes import new_code
from lms.certification.events import (
    CertificateIssued,
    CertificateRaised,
    ObservationUndone,
    PracticeObserved,
    ReadinessSet,
)
from lms.certification.evidence import Observation, Readiness
from lms.certification.records import Award
from lms.content.course import Course
from lms.foundation import clock, ids
from lms.foundation.db import db
from lms.foundation.events import announce
from lms.foundation.settings import Settings
from lms.foundation.words import gettext as _
from lms.learning.records import Enrolment, get_enrolment
from lms.library.records import find_newest_digest
from lms.library.shelf import get_course

_OF_ITS_OWN = frozenset({"id", "code", "name", "facts", "issued_at", "name_shown", "current_for"})


@dataclass(frozen=True)
class Seen:
    """One observed practice as it is told: by whom, on which day, and which of the four words fits."""

    observer: str
    role: str
    on: date
    rating: str


@dataclass(frozen=True)
class Way:
    """How far somebody is from being ready to practise, and what was observed so far."""

    needed: int
    shown: int
    stopped: bool
    ready: bool
    rows: tuple[Observation, ...]


def observations_needed(programme_id: str, course: Course) -> int:
    """Return how many observed practices are asked for: a programme may ask for more than its course, not for fewer."""
    return max(course.criteria.observed_practice, evidence.asked_by_programme(programme_id, course.id))


def record_observation(enrolment_id: str, seen: Seen, by: str | None) -> Observation | Refused:
    """Record an observed practice; recording the same one twice is recording it once."""
    enrolment = get_enrolment(enrolment_id)
    person = get_person(enrolment.person_id)
    if refused := _refusal(person, seen, by):
        return refused
    for known in evidence.list_observations(enrolment_id):
        told = Seen(known.observer, known.observer_role, known.seen_on, known.rating)
        if known.undone_at is None and told == seen:
            return known
    row = Observation(
        id=ids.inner_id(),
        public_id=ids.public_id(),
        programme_id=enrolment.programme_id,
        enrolment_id=enrolment_id,
        observer=seen.observer,
        observer_role=seen.role,
        seen_on=seen.on,
        rating=seen.rating,
        recorded_by=by,
        recorded_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    announce(PracticeObserved(enrolment.person_id, enrolment.programme_id, enrolment_id, row.public_id))
    return row


def _refusal(person: Person, seen: Seen, by: str | None) -> Refused | None:
    names = {person.display_name, person.certificate_name} - {""}
    if by == person.id or any(rules.name_fits(seen.observer, name) for name in names):
        return Refused(_("Nobody observes or records their own practice. Please name who was there."))
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
    row = db.session.get(Readiness, (programme_id, course_id))
    if row is None:
        row = Readiness(programme_id=programme_id, course_id=course_id)
        db.session.add(row)
    row.observations = observations
    db.session.flush()
    announce(ReadinessSet(programme_id, course_id, observations))
    for enrolment_id in evidence.list_observed(programme_id):
        raise_if_earned(enrolment_id, settings)


def raise_if_earned(enrolment_id: str, settings: Settings) -> Award | None:
    """Issue the certificate of the second level once enough was observed; the first stays what it is."""
    standing = records.find_award_of_enrolment(enrolment_id)
    if standing is None or standing.waiting or standing.withdrawn_at or standing.level == "ready":
        return None
    today = today_in(standing.programme_id, settings)
    found = evidence.list_open(enrolment_id)
    needed = observations_needed(standing.programme_id, get_course(standing.digest))
    if standing.state(today) != "valid" or not rules.is_ready(needed, [row.rating for row in found]):
        return None
    behind = [row for row in found if row.rating in rules.SHOWN]
    kept = {column.key: getattr(standing, column.key) for column in inspect(Award).columns}
    award = Award(
        id=ids.inner_id(),
        code=new_code(),
        name=get_person(standing.person_id).certificate_name or standing.name,
        facts={**standing.facts, **_what_was_seen(behind), "ready_on": today.isoformat()},
        issued_at=clock.now(),
        name_shown=False,
        **{key: value for key, value in kept.items() if key not in _OF_ITS_OWN},
    )
    standing.current_for, standing.raised_to = None, award.id
    db.session.flush()
    award.current_for = enrolment_id
    db.session.add(award)
    db.session.flush()
    for row in found:
        row.award_id = award.id
    announce(CertificateRaised(standing.id, award.person_id, award.programme_id, award.id))
    announce(CertificateIssued(award.id, award.person_id, award.programme_id))
    return award


def _what_was_seen(behind: list[Observation]) -> dict[str, Any]:
    told = [{"on": row.seen_on.isoformat(), "observer": row.observer, "role": row.observer_role} for row in behind]
    return {"level": "ready", "observed": len(told), "observations": told}


def way_of(enrolment_id: str) -> Way | None:
    """Return how far an enrolment is from the second level; None where none is asked for and nothing was recorded."""
    enrolment = get_enrolment(enrolment_id)
    standing = records.find_award_of_enrolment(enrolment_id)
    digest = standing.digest if standing else find_newest_digest(enrolment.course_id, enrolment.minor_line)
    needed = observations_needed(enrolment.programme_id, get_course(digest)) if digest else 0
    rows = evidence.list_observations(enrolment_id)
    if not needed and not rows:
        return None
    ratings = [row.rating for row in rows if row.undone_at is None and row.award_id is None]
    ready = bool(standing and standing.level == "ready")
    shown = sum(rating in rules.SHOWN for rating in ratings)
    return Way(needed, min(shown, needed), rules.held_back(ratings), ready, tuple(rows))


def asks_for_observing(enrolment: Enrolment, course: Course) -> bool:
    """Decide whether observed practice can be recorded for an enrolment."""
    return observations_needed(enrolment.programme_id, course) > 0
