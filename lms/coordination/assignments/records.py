"""Tables of assignments, and their simple queries."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, delete, func, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from lms.accounts.records import Person
from lms.foundation import ids
from lms.foundation.db import Base, db
from lms.foundation.statements.sql import only_where
from lms.library.course_cache import for_staff


class Assignment(Base):
    """A programme asks people to take a course; whom, follows from their memberships whenever it is read.

    `audience` is everybody, unit, role or people. A unit that was removed leaves none, and the assignment is closed.
    """

    __tablename__ = "assignment"
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    public_id: Mapped[str] = mapped_column(unique=True, default=ids.public_id)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), index=True)
    course_id: Mapped[str]
    audience: Mapped[str]
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"), index=True)
    role: Mapped[str | None]
    due_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="")
    made_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    made_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class AssignmentPerson(Base):
    """Somebody whom a coordinator chose by name."""

    __tablename__ = "assignment_person"
    assignment_id: Mapped[str] = mapped_column(ForeignKey("assignment.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class AssignmentExtension(Base):
    """Somebody asked for more time, and the answer: `more` with a date of their own, or `talk`; none while it waits.

    The answer is `given` when a coordinator gave them more time without being asked.
    """

    __tablename__ = "assignment_extension"
    __table_args__ = (Index("ix_assignment_extension_waiting", "asked_at", **only_where("answered_at IS NULL")),)
    assignment_id: Mapped[str] = mapped_column(ForeignKey("assignment.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    asked_at: Mapped[datetime]
    answer: Mapped[str | None]
    granted_until: Mapped[date | None]
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    answered_at: Mapped[datetime | None]


class AssignmentMail(Base):
    """Emails about an assignment that go out in parts: when it is made, when people are added, or a reminder.

    `kind` is asked, reminder, or `added` with a number, because reminders alone go out once a day.
    `after_person` is the one after whom the next part begins.
    """

    __tablename__ = "assignment_mail"
    __table_args__ = (
        UniqueConstraint("assignment_id", "kind", "sent_on"),
        Index("ix_assignment_mail_unsent", "id", **only_where("ended_at IS NULL")),
    )
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    assignment_id: Mapped[str] = mapped_column(ForeignKey("assignment.id"))
    kind: Mapped[str]
    sent_on: Mapped[date]
    text: Mapped[str] = mapped_column(default="")
    whom: Mapped[str] = mapped_column(default="open")
    asked_by: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    asked_at: Mapped[datetime]
    after_person: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]


class AssignmentMailPerson(Base):
    """Somebody whom a coordinator chose for a reminder."""

    __tablename__ = "assignment_mail_person"
    mail_id: Mapped[str] = mapped_column(ForeignKey("assignment_mail.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


def find_assignment(public_id: str, programme_id: str) -> Assignment | None:
    """Return an assignment of a programme, by the id that stands in addresses."""
    here = (Assignment.public_id == public_id, Assignment.programme_id == programme_id)
    return db.session.scalar(select(Assignment).where(*here))


def get_assignment(assignment_id: str) -> Assignment:
    """Return an assignment as it stands in the database now."""
    return db.session.get_one(Assignment, assignment_id, populate_existing=True)


def find_same(assignment: Assignment, chosen: Collection[str]) -> Assignment | None:
    """Return an open assignment that asks the same group for the same, or exactly the people who were chosen."""
    columns = (Assignment.programme_id, Assignment.course_id, Assignment.audience, Assignment.unit_id, Assignment.role)
    same = [column.is_not_distinct_from(getattr(assignment, column.key)) for column in columns]
    query = select(Assignment).where(Assignment.closed_at.is_(None), *same)
    if assignment.audience == "people":
        # Asked of each of the few that fit otherwise, because all who were ever chosen are many after some years.
        people = select(func.count()).where(AssignmentPerson.assignment_id == Assignment.id)
        for count in (people, people.where(AssignmentPerson.person_id.in_(chosen))):
            query = query.where(count.scalar_subquery() == len(chosen))
    return db.session.scalar(query.limit(1))


def list_page(programme_id: str, *, closed: bool, before: str, most: int) -> list[Assignment]:
    """Return open or closed assignments, the newest first, after the one with a public id."""
    query = select(Assignment).where(Assignment.programme_id == programme_id)
    query = query.where(Assignment.closed_at.is_not(None) if closed else Assignment.closed_at.is_(None))
    place = find_assignment(before, programme_id) if before else None
    if place:
        query = query.where(Assignment.id < place.id)
    return list(db.session.scalars(query.order_by(Assignment.id.desc()).limit(most)))


def find_extension(assignment_id: str, person_id: str) -> AssignmentExtension | None:
    """Return what somebody asked of an assignment's date."""
    return db.session.get(AssignmentExtension, (assignment_id, person_id))


def count_shown(assignment_ids: Collection[str], programme_id: str) -> int:
    """Return how many of some assignments its staff see in a programme: none of a private course."""
    query = select(func.count()).select_from(Assignment).where(Assignment.id.in_(assignment_ids))
    return db.session.scalar(for_staff(query.where(Assignment.programme_id == programme_id), Assignment.course_id)) or 0


def list_chosen_ids(assignment_id: str) -> set[str]:
    """Return the inner ids of those whom an assignment asks by name."""
    query = select(AssignmentPerson.person_id).where(AssignmentPerson.assignment_id == assignment_id)
    return set(db.session.scalars(query))


def last_added(assignment_id: str, on: date) -> int:
    """Return the number of the last time that people were added on a day; emails before it may have been deleted."""
    here = (AssignmentMail.assignment_id == assignment_id, AssignmentMail.sent_on == on)
    kinds = db.session.scalars(select(AssignmentMail.kind).where(*here, AssignmentMail.kind.like("added %")))
    return max((int(kind.removeprefix("added ")) for kind in kinds), default=0)


def find_mail(mail_id: str) -> AssignmentMail | None:
    """Return emails that aren't all written yet, as they stand in the database now."""
    query = select(AssignmentMail).where(AssignmentMail.id == mail_id, AssignmentMail.ended_at.is_(None))
    return db.session.scalar(query.execution_options(populate_existing=True))


def find_reminder(assignment_id: str, on: date | None = None) -> AssignmentMail | None:
    """Return the reminder of a day, or the last one."""
    query = select(AssignmentMail).where(AssignmentMail.assignment_id == assignment_id)
    query = query.where(AssignmentMail.kind == "reminder", *([AssignmentMail.sent_on == on] if on else []))
    return db.session.scalar(query.order_by(AssignmentMail.id.desc()).limit(1))


def list_unsent() -> list[str]:
    """Return the ids of emails that aren't all written yet."""
    return list(db.session.scalars(select(AssignmentMail.id).where(AssignmentMail.ended_at.is_(None))))


def end_mail(assignment_id: str, at: datetime) -> None:
    """Write no more emails about an assignment."""
    open_ones = (AssignmentMail.assignment_id == assignment_id, AssignmentMail.ended_at.is_(None))
    db.session.execute(update(AssignmentMail).where(*open_ones).values(ended_at=at))


def list_of_unit(unit_id: str) -> list[Assignment]:
    """Return every assignment of a unit."""
    return list(db.session.scalars(select(Assignment).where(Assignment.unit_id == unit_id)))


def list_people(public_ids: Collection[str]) -> list[Person]:
    """Return people by the ids that stand in addresses."""
    return list(db.session.scalars(select(Person).where(Person.public_id.in_(public_ids)).order_by(Person.id)))


def list_made_by(person_id: str) -> list[Assignment]:
    """Return what somebody assigned, or was chosen for by name."""
    chosen = select(AssignmentPerson.assignment_id).where(AssignmentPerson.person_id == person_id)
    mine = or_(Assignment.made_by == person_id, Assignment.id.in_(chosen))
    return list(db.session.scalars(select(Assignment).where(mine).order_by(Assignment.id)))


def list_extensions(person_id: str) -> list[AssignmentExtension]:
    """Return what somebody asked of dates, and what they answered to others."""
    mine = or_(AssignmentExtension.person_id == person_id, AssignmentExtension.answered_by == person_id)
    query = select(AssignmentExtension).where(mine)
    return list(db.session.scalars(query.order_by(AssignmentExtension.asked_at, AssignmentExtension.assignment_id)))


def list_mail(person_id: str) -> list[AssignmentMail]:
    """Return what somebody had sent about assignments, and the reminders for which they were chosen by name."""
    chosen = select(AssignmentMailPerson.mail_id).where(AssignmentMailPerson.person_id == person_id)
    mine = or_(AssignmentMail.asked_by == person_id, AssignmentMail.id.in_(chosen))
    return list(db.session.scalars(select(AssignmentMail).where(mine).order_by(AssignmentMail.id)))


def remove_person(person_id: str) -> None:
    """Delete what is about somebody; what they asked of others stays without them, and emails they wrote go."""
    theirs = select(AssignmentMail.id).where(AssignmentMail.asked_by == person_id)
    mail_person = AssignmentMailPerson
    db.session.execute(
        delete(mail_person).where(or_(mail_person.person_id == person_id, mail_person.mail_id.in_(theirs)))
    )
    db.session.execute(delete(AssignmentMail).where(AssignmentMail.asked_by == person_id))
    for table in (AssignmentPerson, AssignmentExtension):
        db.session.execute(delete(table).where(table.person_id == person_id))
    answered = update(AssignmentExtension).where(AssignmentExtension.answered_by == person_id)
    db.session.execute(answered.values(answered_by=None))
    db.session.execute(update(Assignment).where(Assignment.made_by == person_id).values(made_by=None))
