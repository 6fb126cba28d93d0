"""Renewals: from which version somebody renews, since when, and which attempt belongs to it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation import ids
from lms.foundation.db import Base, db
from lms.foundation.statements.prepared import first_row
from lms.learning.progress.attempt_records import Attempt, Result


class Renewal(Base):
    """Somebody renews what they know of one version, `since`; `open_for` is unique, so one is under way at a time."""

    __tablename__ = "renewal"
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"), index=True)
    open_for: Mapped[str | None] = mapped_column(unique=True)
    since: Mapped[str]
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


_UNDER_WAY = select(Renewal.__table__.c.id).where(Renewal.__table__.c.open_for == bindparam("enrolment"))


def find_renewal(enrolment_id: str) -> Renewal | None:
    """Return the renewal that is under way."""
    # Few renew, and each check asks.
    if first_row(_UNDER_WAY, {"enrolment": enrolment_id}) is None:
        return None
    return db.session.scalar(select(Renewal).where(Renewal.open_for == enrolment_id))


def list_renewals(enrolment_id: str) -> list[Renewal]:
    """Return all renewals of an enrolment, the first begun first."""
    return list(
        db.session.scalars(select(Renewal).where(Renewal.enrolment_id == enrolment_id).order_by(Renewal.begun_at))
    )


def find_pass(renewal_id: str) -> tuple[Attempt, Result] | None:
    """Return the newest check of a renewal that was passed."""
    query = select(Attempt, Result).join(Result, Result.attempt_id == Attempt.id)
    query = query.where(Attempt.renewal_id == renewal_id, Result.passed).order_by(Attempt.id.desc())
    row = db.session.execute(query.limit(1)).first()
    return (row[0], row[1]) if row else None
