"""What became of drafts, and how many people a new version concerns: counts only, over all programmes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ForeignKey, and_, delete, func, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from lms.accounts.records import Membership, Person
from lms.authoring.drafts.records import Draft
from lms.certification.awards.records import Award
from lms.foundation.db import Base, db
from lms.learning.progress.records import Enrolment
from lms.library.records import CourseLine, CourseOwner, Offering, VersionClosing, list_open_courses

# Of the people who take a course or hold its certificate, so many are looked at to say how many a version concerns.
LOOKED_AT_MOST = 5000

State = Literal["asked", "changes", "approved", "scheduled", "stopped", "published"]


class Publication(Base):
    """What is to become of a draft, or became of it: as which version, and who asked for it and decided it.

    It speaks of the draft at one `revision`: an approval of other text is none.
    """

    __tablename__ = "publication"
    draft_id: Mapped[str] = mapped_column(ForeignKey("draft.id"), primary_key=True)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), index=True)
    course_id: Mapped[str]
    version: Mapped[str]
    revision: Mapped[int]
    state: Mapped[str]
    asked_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    asked_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    decided_at: Mapped[datetime | None]
    publish_at: Mapped[datetime | None] = mapped_column(index=True)
    note: Mapped[str | None]


def find_publication(draft_id: str) -> Publication | None:
    """Return what is to become of a draft, or became of it."""
    return db.session.get(Publication, draft_id)


def list_due(now: datetime) -> list[str]:
    """Return the drafts whose time to be published has come, the longest due first."""
    due = select(Publication.draft_id).join(Draft, Draft.id == Publication.draft_id)
    due = due.where(Publication.state == "scheduled", Publication.publish_at <= now, Draft.state == "open")
    return list(db.session.scalars(due.order_by(Publication.publish_at)))


def list_asked(programme_id: str) -> list[tuple[Draft, Publication, str]]:
    """Return the drafts of a programme that wait for approval with the name of who asked, the longest waiting first.

    A programme has at most 200 open drafts. One that was changed since waits for nobody.
    """
    query = select(Draft, Publication, Person.display_name).join(Draft, Draft.id == Publication.draft_id)
    query = query.outerjoin(Person, Person.id == Publication.asked_by).order_by(Publication.asked_at)
    waits = (Publication.state == "asked", Draft.state == "open", Draft.revision == Publication.revision)
    rows = db.session.execute(query.where(Publication.programme_id == programme_id, *waits))
    return [(row[0], row[1], row[2] or "") for row in rows]


def forget_plans() -> None:
    """Delete what was to become of drafts that are discarded."""
    discarded = select(Draft.id).where(Draft.state == "discarded")
    db.session.execute(delete(Publication).where(Publication.draft_id.in_(discarded)))


def list_publications_by(person_id: str) -> list[Publication]:
    """Return what somebody published, asked to be published or decided, the oldest first."""
    by = or_(Publication.asked_by == person_id, Publication.decided_by == person_id)
    return list(db.session.scalars(select(Publication).where(by).order_by(Publication.asked_at)))


def remove_person(person_id: str) -> None:
    """Take somebody's name out of publications."""
    for column in (Publication.asked_by, Publication.decided_by):
        db.session.execute(update(Publication).where(column == person_id).values({column.key: None}))


def count_in_middle(course_id: str) -> dict[str, int]:
    """Return how many people have started each line of a course and have no certificate of it yet.

    Of each line, those are looked at who started last: where there are more, the number is at least so many.
    """
    here = (Enrolment.course_id == CourseLine.course_id, Enrolment.minor_line == CourseLine.minor_line)
    newest: Any = select(Enrolment.id).where(*here).order_by(Enrolment.id.desc()).limit(LOOKED_AT_MOST)
    newest = newest.correlate(CourseLine).subquery()
    middle = select(func.count()).select_from(newest).outerjoin(Award, Award.current_for == newest.c.id)
    middle = middle.where(Award.id.is_(None)).correlate(CourseLine)
    query = select(CourseLine.minor_line, middle.scalar_subquery()).where(CourseLine.course_id == course_id)
    return {line: count for line, count in db.session.execute(query) if count}


def list_to_tell(closing: VersionClosing, most: int) -> list[tuple[str, str, str]]:
    """Return the next people in the middle of a version that closes: enrolment, person and programme.

    Whoever left the programme, or whose account is closed, isn't among them.
    """
    in_programme = and_(Membership.person_id == Enrolment.person_id, Membership.programme_id == Enrolment.programme_id)
    query = (
        select(Enrolment.id, Enrolment.person_id, Enrolment.programme_id)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Award, Award.current_for == Enrolment.id)
        .where(Enrolment.course_id == closing.course_id, Enrolment.minor_line == closing.minor_line)
        .where(Enrolment.id > closing.after_enrolment, Award.id.is_(None), Person.disabled_at.is_(None))
        .where(select(Membership.person_id).where(in_programme).exists())
    )
    rows = db.session.execute(query.order_by(Enrolment.id).limit(most))
    return [(row[0], row[1], row[2]) for row in rows]


def count_holders(course_id: str, today: date) -> int:
    """Return how many people hold a valid certificate of a course, or at least so many: the newest are looked at."""
    newest = select(Award.current_for, Award.waiting, Award.withdrawn_at, Award.valid_until)
    newest = newest.where(Award.course_id == course_id).order_by(Award.id.desc()).limit(LOOKED_AT_MOST)
    award = newest.subquery().c
    query = select(func.count()).where(
        award.current_for.is_not(None),
        award.waiting.is_(False),
        award.withdrawn_at.is_(None),
        or_(award.valid_until.is_(None), award.valid_until >= today),
    )
    return db.session.scalar(query) or 0


def list_readable(programme_id: str) -> dict[str, str]:
    """Return the courses that a programme's trainers may read, with the digest of the newest version.

    These are the programme's own, those that it offers, and those that everybody can read.
    """
    return _newest_of(programme_id, list_open_courses())


def list_cared_for(programme_id: str) -> dict[str, str]:
    """Return the courses that a programme owns or offers, with the digest of the newest version."""
    return _newest_of(programme_id, ())


def _newest_of(programme_id: str, others: Collection[str]) -> dict[str, str]:
    offered = select(Offering.course_id).where(Offering.programme_id == programme_id)
    owned = select(CourseOwner.course_id).where(CourseOwner.programme_id == programme_id)
    query = select(CourseLine.course_id, CourseLine.digest).order_by(CourseLine.course_id, CourseLine.rank)
    course = CourseLine.course_id
    rows = db.session.execute(query.where(or_(course.in_(offered), course.in_(owned), course.in_(others))))
    return {row.course_id: row.digest for row in rows}


def list_open_drafts(programme_id: str) -> dict[str, list[tuple[str, str]]]:
    """Return the open drafts of a programme by course, each with its public id and title."""
    query = select(Draft.course_id, Draft.public_id, Draft.title).order_by(Draft.id)
    found: dict[str, list[tuple[str, str]]] = {}
    for row in db.session.execute(query.where(Draft.programme_id == programme_id, Draft.state == "open")):
        found.setdefault(row.course_id, []).append((row.public_id, row.title))
    return found
