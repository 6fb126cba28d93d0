"""Who is asked: joined from memberships in each query, so that whoever joins or leaves needs no work in between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from lms.accounts.members.records import Member, Unit, find_place
from lms.accounts.members.word_records import having_words
from lms.accounts.notifications.preferences import Choices, Consent
from lms.accounts.records import Membership, Person, Programme
from lms.certification.awards.records import Award
from lms.coordination.assignments.records import (
    Assignment,
    AssignmentExtension,
    AssignmentMail,
    AssignmentMailPerson,
    AssignmentPerson,
)
from lms.coordination.assignments.rules import ASKED_ROLES, FOUND_MOST, PROGRESS, Group, Progress
from lms.foundation.db import db
from lms.foundation.mail.outbox import QUIET_FROM, QUIET_UNTIL, Quiet
from lms.learning.progress.records import Enrolment
from lms.library.course_cache import for_staff
from lms.library.records import Offering


def _has(role: Any) -> Any:
    """Return the SQL for whether a member has a role, or one of some."""
    is_it = Membership.role.in_(role) if isinstance(role, tuple) else Membership.role == role
    here = (Membership.programme_id == Member.programme_id, Membership.person_id == Member.person_id)
    return exists().where(*here, is_it).correlate(Member, Assignment)


_IN_UNIT = or_(
    Member.unit_id == Assignment.unit_id,
    exists().where(Unit.id == Member.unit_id, Unit.parent_id == Assignment.unit_id).correlate(Member, Assignment),
)
_CHOSEN = (
    exists()
    .where(AssignmentPerson.assignment_id == Assignment.id, AssignmentPerson.person_id == Member.person_id)
    .correlate(Member, Assignment)
)
TAKES_PART = _has(("learner", *ASKED_ROLES))
# Whether an assignment asks something of a member who is in its programme now.
IS_ASKED = and_(
    Member.programme_id == Assignment.programme_id,
    Member.left_at.is_(None),
    or_(
        and_(Assignment.audience == "everybody", _has("learner")),
        and_(Assignment.audience == "unit", _has("learner"), _IN_UNIT),
        and_(Assignment.audience == "role", _has(Assignment.role)),
        and_(Assignment.audience == "people", TAKES_PART, _CHOSEN),
    ),
)


def _completed_in(enrolment: Any) -> Any:
    """Return the conditions for a certificate of an enrolment that was neither withdrawn nor replaced."""
    return and_(Award.enrolment_id == enrolment.id, Award.withdrawn_at.is_(None), Award.replaced_by.is_(None))


def _progress() -> Any:
    """Return the SQL for where a member is in the course, in the programme that asks."""
    completed = exists().where(_completed_in(Enrolment)).correlate(Enrolment)
    return case((Enrolment.id.is_(None), "not_started"), (completed, "done"), else_="in_training")


def _completed_anywhere() -> Any:
    """Return the SQL for whether a member completed the course, in whichever programme."""
    other = aliased(Enrolment)
    same = (other.person_id == Member.person_id, other.course_id == Assignment.course_id)
    return exists().where(*same, _completed_in(other)).correlate(Member, Assignment)


def _is_offered() -> Any:
    here = (Offering.programme_id == Assignment.programme_id, Offering.course_id == Assignment.course_id)
    return exists().where(*here).correlate(Assignment)


def _joined(*columns: Any) -> Any:
    """Return the query for those who are asked, with their enrolment in the programme and what they asked for."""
    their_course = and_(
        Enrolment.person_id == Member.person_id,
        Enrolment.programme_id == Assignment.programme_id,
        Enrolment.course_id == Assignment.course_id,
    )
    asked = and_(AssignmentExtension.assignment_id == Assignment.id, AssignmentExtension.person_id == Member.person_id)
    return (
        select(*columns)
        .select_from(Assignment)
        .join(Member, IS_ASKED)
        .join(Person, and_(Person.id == Member.person_id, Person.disabled_at.is_(None)))
        .outerjoin(Enrolment, their_course)
        .outerjoin(AssignmentExtension, asked)
    )


@dataclass(frozen=True)
class AskedPerson:
    """Somebody who is asked, as a coordinator sees them."""

    public_id: str
    name: str
    email: str
    unit_id: str | None
    progress: Progress
    granted_until: date | None
    waits: bool
    namesake: bool


def list_asked(assignment: Assignment, progress: str, search: str, after: str, most: int) -> list[AskedPerson]:
    """Return those who are asked, by name, after the one with a public id; `progress` empty is all of them."""
    waits = and_(AssignmentExtension.person_id.is_not(None), AssignmentExtension.answered_at.is_(None))
    other = aliased(Member)
    same_name = (other.programme_id == Member.programme_id, other.sort_key == Member.sort_key)
    namesake = exists().where(*same_name, other.person_id != Member.person_id, other.left_at.is_(None))
    query = _joined(
        Person.public_id,
        Person.display_name,
        Person.email,
        Member.unit_id,
        _progress(),
        AssignmentExtension.granted_until,
        func.coalesce(waits, False),
        namesake.correlate(Member),
    ).where(Assignment.id == assignment.id, *having_words(assignment.programme_id, search))
    if progress in PROGRESS:
        query = query.where(_progress() == progress)
    place = find_place(assignment.programme_id, after) if after else None
    if place:
        beside = and_(Member.sort_key == place[0], Member.person_id > place[1])
        query = query.where(or_(Member.sort_key > place[0], beside))
    rows = db.session.execute(query.order_by(Member.sort_key, Member.person_id).limit(most))
    return [AskedPerson(*row) for row in rows]


def count_asked(assignment_id: str) -> dict[str, int]:
    """Return how many of those who are asked are at which point, in one statement."""
    progress = _progress().label("progress")
    query = _joined(progress, func.count()).where(Assignment.id == assignment_id).group_by("progress")
    return {row[0]: row[1] for row in db.session.execute(query)}


def _open_requests(programme_id: Any, *columns: Any) -> Any:
    """Return the query for requests for more time that wait, of people who are still asked and haven’t completed it.

    It begins with the requests, which are few, and not with everybody who is asked: an expression keeps SQLite from
    concluding that the members of the programme are a place to begin.
    """
    here = Assignment.programme_id.concat("") == programme_id
    return (
        select(*columns)
        .select_from(AssignmentExtension)
        .join(Assignment, Assignment.id == AssignmentExtension.assignment_id)
        .join(Member, Member.person_id == AssignmentExtension.person_id)
        .join(Person, and_(Person.id == Member.person_id, Person.disabled_at.is_(None)))
        .where(AssignmentExtension.answered_at.is_(None), here, IS_ASKED)
        .where(Assignment.closed_at.is_(None), Assignment.due_on.is_not(None), ~_completed_anywhere())
    )


def count_requests(programme_id: Any, private: Any) -> Any:
    """Return a subquery for how many ask for more time in a programme, without private courses."""
    return _open_requests(programme_id, func.count()).where(Assignment.course_id.not_in(private)).scalar_subquery()


def list_requests(programme_id: str, most: int) -> list[tuple[Assignment, AssignmentExtension, Person]]:
    """Return who asks for more time, those first who have waited longest."""
    query = for_staff(_open_requests(programme_id, Assignment, AssignmentExtension, Person), Assignment.course_id)
    query = query.order_by(AssignmentExtension.asked_at, AssignmentExtension.person_id).limit(most)
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


@dataclass(frozen=True)
class OwnAssignment:
    """What a programme asks of somebody, with what came of asking for more time."""

    assignment_id: str
    public_id: str
    course_id: str
    programme: str
    facts: dict[str, Any]
    due_on: date | None
    note: str
    asked_at: datetime | None
    answer: str | None
    granted_until: date | None


def list_own(person_id: str, course_id: str | None = None) -> list[OwnAssignment]:
    """Return what is asked of somebody and not completed yet, of all courses or one, in one statement."""
    extension = AssignmentExtension
    query = (
        _joined(
            Assignment.id,
            Assignment.public_id,
            Assignment.course_id,
            Programme.name,
            Programme.facts,
            Assignment.due_on,
            Assignment.note,
            extension.asked_at,
            extension.answer,
            extension.granted_until,
        )
        .join(Programme, Programme.id == Assignment.programme_id)
        .where(Member.person_id == person_id, Assignment.closed_at.is_(None), _is_offered(), ~_completed_anywhere())
        .order_by(Assignment.due_on.is_(None), Assignment.due_on, Assignment.id)
    )
    if course_id is not None:
        query = query.where(Assignment.course_id == course_id)
    return [OwnAssignment(*row) for row in db.session.execute(query)]


def is_asked(assignment_id: str, person_id: str) -> bool:
    """Decide whether an assignment asks somebody."""
    these = (Assignment.id == assignment_id, Person.id == person_id)
    return db.session.scalar(_joined(Person.id).where(*these)) is not None


def find_people(programme_id: str, search: str, besides: str = "") -> list[tuple[str, str, str]]:
    """Return (public id, name, address) of the first people by name who fit a search, but those of an assignment."""
    query = select(Person.public_id, Person.display_name, Person.email).join(Member, Member.person_id == Person.id)
    here = (Member.left_at.is_(None), Person.disabled_at.is_(None), TAKES_PART)
    query = query.where(*here, *having_words(programme_id, search)).order_by(Member.sort_key, Member.person_id)
    if besides:
        chosen = select(AssignmentPerson.person_id).where(AssignmentPerson.assignment_id == besides)
        query = query.where(Member.person_id.not_in(chosen))
    return [(row[0], row[1], row[2]) for row in db.session.execute(query.limit(FOUND_MOST))]


def list_chosen(programme_id: str, public_ids: Sequence[str]) -> list[tuple[str, str, str, str]]:
    """Return (inner id, public id, name, address) of those of some people who can be asked in a programme, by name."""
    query = select(Person.id, Person.public_id, Person.display_name, Person.email)
    query = query.join(Member, Member.person_id == Person.id).where(Person.public_id.in_(public_ids))
    here = (Member.programme_id == programme_id, Member.left_at.is_(None), Person.disabled_at.is_(None), TAKES_PART)
    rows = db.session.execute(query.where(*here).order_by(Member.sort_key, Member.person_id))
    return [(row[0], row[1], row[2], row[3]) for row in rows]


@dataclass(frozen=True)
class Recipient:
    """Somebody who gets an email about an assignment."""

    person_id: str
    public_id: str
    name: str
    email: str
    granted_until: date | None
    language: str | None
    quiet_from: time
    quiet_until: time
    zone: str

    @property
    def quiet(self) -> Quiet:
        """Their quiet hours."""
        return Quiet(self.quiet_from, self.quiet_until, self.zone)


def _reached(assignment_id: str, group: Group, mail_id: str = "", chosen: Sequence[str] = ()) -> list[Any]:
    """Return the conditions for those whom a reminder is for: none who completed the course, in any programme."""
    found = [Assignment.id == assignment_id, Assignment.closed_at.is_(None), _is_offered(), ~_completed_anywhere()]
    if group in PROGRESS:
        found.append(_progress() == group)
    if group == "chosen" and mail_id:
        found.append(
            exists()
            .where(AssignmentMailPerson.mail_id == mail_id, AssignmentMailPerson.person_id == Member.person_id)
            .correlate(Member)
        )
    elif group == "chosen":
        found.append(Person.public_id.in_(chosen))
    return found


def count_reached(assignment_id: str, group: Group, chosen: Sequence[str]) -> int:
    """Return how many people a reminder would be for, whatever emails they want."""
    return db.session.scalar(_joined(func.count()).where(*_reached(assignment_id, group, chosen=chosen))) or 0


def list_reached(assignment_id: str, chosen: Sequence[str]) -> list[str]:
    """Return the inner ids of those of some people who are asked and haven't completed the course."""
    return list(db.session.scalars(_joined(Person.id).where(*_reached(assignment_id, "chosen", chosen=chosen))))


def list_recipients(mail: AssignmentMail, purpose: str, today: date, most: int, zone: str) -> list[Recipient]:
    """Return the next people to email, without anybody who turned these emails off or has paused them today.

    `zone` is the programme's, by whose clock people have their quiet hours who chose none of their own.
    """
    turned_off = exists().where(Consent.person_id == Member.person_id, Consent.purpose == purpose, ~Consent.given)
    query = (
        _joined(
            Person.id,
            Person.public_id,
            Person.display_name,
            Person.email,
            AssignmentExtension.granted_until,
            Person.language,
            func.coalesce(Choices.quiet_from, QUIET_FROM),
            func.coalesce(Choices.quiet_until, QUIET_UNTIL),
            func.coalesce(Choices.zone, zone),
        )
        .outerjoin(Choices, Choices.person_id == Member.person_id)
        .where(*_reached(mail.assignment_id, mail.whom, mail.id), Member.person_id > mail.after_person)  # type: ignore[arg-type]
        .where(~turned_off.correlate(Member), or_(Choices.snoozed_until.is_(None), Choices.snoozed_until <= today))
        .order_by(Member.person_id)
        .limit(most)
    )
    return [Recipient(*row) for row in db.session.execute(query)]
