"""Who was asked to review which version of a course, as what, and whether they did."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from lms.accounts.records import Person
from lms.foundation import ids
from lms.foundation.db import Base, db


class ReviewRequest(Base):
    """Somebody of a programme was asked to review a version; once they did, `answered_at` says when."""

    __tablename__ = "review_request"
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    public_id: Mapped[str] = mapped_column(unique=True, default=ids.public_id)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), index=True)
    course_id: Mapped[str]
    digest: Mapped[str]
    role: Mapped[str]
    reviewer_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    asked_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    asked_at: Mapped[datetime]
    note: Mapped[str | None]
    answered_at: Mapped[datetime | None]


def find_request(public_id: str, reviewer_id: str) -> ReviewRequest | None:
    """Return a request to somebody; that of somebody else is never found."""
    query = select(ReviewRequest).where(ReviewRequest.public_id == public_id)
    return db.session.scalar(query.where(ReviewRequest.reviewer_id == reviewer_id))


def get_request(request_id: str) -> ReviewRequest:
    """Return a request by its inner key."""
    return db.session.get_one(ReviewRequest, request_id)


def find_open(digest: str, role: str, reviewer_id: str) -> ReviewRequest | None:
    """Return the request that asks somebody the same and wasn't answered yet."""
    same = (ReviewRequest.digest == digest, ReviewRequest.role == role, ReviewRequest.reviewer_id == reviewer_id)
    return db.session.scalar(select(ReviewRequest).where(*same, ReviewRequest.answered_at.is_(None)))


def list_open(programme_id: str) -> dict[str, list[tuple[str, str, datetime]]]:
    """Return the open requests of a programme by digest, each with the role, the reviewer's name and when."""
    query = select(ReviewRequest, Person.display_name).join(Person, Person.id == ReviewRequest.reviewer_id)
    query = query.where(ReviewRequest.programme_id == programme_id, ReviewRequest.answered_at.is_(None))
    found: dict[str, list[tuple[str, str, datetime]]] = {}
    for row, name in db.session.execute(query.order_by(ReviewRequest.asked_at)):
        found.setdefault(row.digest, []).append((row.role, name, row.asked_at))
    return found


def list_requests_of(person_id: str) -> list[ReviewRequest]:
    """Return what somebody asked, or was asked, the oldest first."""
    of = or_(ReviewRequest.reviewer_id == person_id, ReviewRequest.asked_by == person_id)
    return list(db.session.scalars(select(ReviewRequest).where(of).order_by(ReviewRequest.asked_at)))


def forget_person(person_id: str) -> None:
    """Delete the requests to somebody, and take their name out of those that they made."""
    for row in list_requests_of(person_id):
        if row.reviewer_id == person_id:
            db.session.delete(row)
    db.session.flush()
    mine = update(ReviewRequest).where(ReviewRequest.asked_by == person_id)
    db.session.execute(mine.values(asked_by=None))
