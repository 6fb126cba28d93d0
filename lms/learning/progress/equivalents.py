"""Recognised learning and exemptions: recorded by a coordinator, with a reason that only they and the learner see."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation import ids
from lms.foundation.db import Base, db


class Equivalent(Base):
    """One thing a course asks for that counts as met in another way, until it is undone."""

    __tablename__ = "equivalent"
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    public_id: Mapped[str] = mapped_column(unique=True, default=ids.public_id)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"), index=True)
    item: Mapped[str]
    item_id: Mapped[str]
    way: Mapped[str]
    reason: Mapped[str]
    done_on: Mapped[date | None]
    recorded_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undone_reason: Mapped[str | None]


def find_equivalent(public_id: str) -> Equivalent | None:
    """Return what was recorded under an id."""
    return db.session.scalar(select(Equivalent).where(Equivalent.public_id == public_id))


def list_equivalents(enrolment_id: str) -> list[Equivalent]:
    """Return all that was recorded for an enrolment, the oldest first; what was undone is among it."""
    query = select(Equivalent).where(Equivalent.enrolment_id == enrolment_id)
    return list(db.session.scalars(query.order_by(Equivalent.id)))


def list_valid_equivalents(enrolment_id: str) -> list[Equivalent]:
    """Return what was recorded for an enrolment and counts."""
    return [row for row in list_equivalents(enrolment_id) if row.undone_at is None]
