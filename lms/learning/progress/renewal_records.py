"""Renewals: from which version somebody renews, since when, and which attempt belongs to it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, bindparam, select, update
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation import clock, ids
from lms.foundation.db import Base, copy_of, db
from lms.foundation.statements.prepared import first_row, run_prepared
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


_renewal = Renewal.__table__
_UNDER_WAY = select(_renewal).where(_renewal.c.open_for == bindparam("enrolment"))
_END = (
    update(_renewal)  # type: ignore[arg-type]
    .where(_renewal.c.open_for == bindparam("enrolment"))
    .values(open_for=None, ended_at=bindparam("now"))
)


def find_renewal(enrolment_id: str) -> Renewal | None:
    """Return the renewal that is under way, as a copy that is never written back."""
    row = first_row(_UNDER_WAY, {"enrolment": enrolment_id})
    return None if row is None else copy_of(Renewal, dict(zip(_renewal.c.keys(), row, strict=True)))


def end_renewal(enrolment_id: str) -> None:
    """End the renewal that is under way, if one is."""
    run_prepared(_END, {"enrolment": enrolment_id, "now": clock.now()})


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
