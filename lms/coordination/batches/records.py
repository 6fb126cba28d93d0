"""What we remember of work for many certificates at once: what was asked, for whom, and how far it is."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Literal, get_args

from sqlalchemy import ForeignKey, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from lms.accounts.records import Person
from lms.foundation import clock, ids
from lms.foundation.db import Base, db
from lms.learning.progress.records import Enrolment

Kind = Literal["file", "documents", "issue"]
KINDS: tuple[Kind, ...] = get_args(Kind)
FILE_KEPT, BATCH_KEPT = timedelta(days=1), timedelta(days=30)


class Batch(Base):
    """Something that a coordinator asked for many certificates at once; `turn` tells its next step from old ones."""

    __tablename__ = "batch"
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    public_id: Mapped[str] = mapped_column(unique=True, default=ids.public_id)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), index=True)
    asked_by: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default="running", index=True)
    turn: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    sha256: Mapped[str | None]

    def has_file(self) -> bool:
        """Return whether its file can be had."""
        return self.sha256 is not None and self.ended_at is not None and clock.now() < self.ended_at + FILE_KEPT


class BatchItem(Base):
    """One enrolment that a batch goes through; its outcome is written once."""

    __tablename__ = "batch_item"
    batch_id: Mapped[str] = mapped_column(ForeignKey("batch.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"), index=True)
    award_id: Mapped[str | None] = mapped_column(ForeignKey("award.id"))
    outcome: Mapped[str | None]


def find_batch(public_id: str, programme_id: str, asked_by: str) -> Batch | None:
    """Return what somebody asked for in a programme; nobody finds what others asked for."""
    query = select(Batch).where(Batch.public_id == public_id, Batch.programme_id == programme_id)
    return db.session.scalar(query.where(Batch.asked_by == asked_by))


def list_batches(programme_id: str, asked_by: str) -> list[Batch]:
    """Return what somebody asked for in a programme and is under way, or can still be had, the newest first."""
    query = select(Batch).where(Batch.programme_id == programme_id, Batch.asked_by == asked_by)
    rows = db.session.scalars(query.order_by(Batch.made_at.desc(), Batch.id.desc()))
    return [row for row in rows if row.state == "running" or row.has_file()]


def list_batches_with_size(programme_id: str, asked_by: str) -> list[tuple[Batch, int]]:
    """Return the same, each with how many certificates it was asked for, in one statement."""
    size = select(func.count()).where(BatchItem.batch_id == Batch.id).scalar_subquery()
    query = select(Batch, size).where(Batch.programme_id == programme_id, Batch.asked_by == asked_by)
    rows = db.session.execute(query.order_by(Batch.made_at.desc(), Batch.id.desc()))
    return [(row, count) for row, count in rows if row.state == "running" or row.has_file()]


def list_running() -> list[tuple[str, int]]:
    """Return (id, turn) of everything that is under way, the oldest first."""
    query = select(Batch.id, Batch.turn).where(Batch.state == "running").order_by(Batch.made_at, Batch.id)
    return [(row.id, row.turn) for row in db.session.execute(query)]


def find_oldest_running() -> datetime | None:
    """Return since when that is under way which was asked for first."""
    return db.session.scalar(select(func.min(Batch.made_at)).where(Batch.state == "running"))


def count_running() -> tuple[int, datetime | None]:
    """Return how much is under way, and since when that is which was asked for first."""
    query = select(func.count(), func.min(Batch.made_at)).where(Batch.state == "running")
    row = db.session.execute(query).one()
    return row[0], row[1]


def find_running(batch_id: str) -> Batch | None:
    """Return a batch that is under way, as it stands in the database now."""
    query = select(Batch).where(Batch.id == batch_id, Batch.state == "running")
    return db.session.scalar(query.execution_options(populate_existing=True))


def list_items(batch_id: str) -> list[BatchItem]:
    """Return everything a batch goes through, in its order."""
    return list(db.session.scalars(select(BatchItem).where(BatchItem.batch_id == batch_id).order_by(BatchItem.number)))


def list_undone(batch_id: str, most: int) -> list[tuple[int, str]]:
    """Return (number, enrolment) of the next few that have no outcome yet."""
    query = select(BatchItem.number, BatchItem.enrolment_id).where(
        BatchItem.batch_id == batch_id, BatchItem.outcome.is_(None)
    )
    return [(row.number, row.enrolment_id) for row in db.session.execute(query.order_by(BatchItem.number).limit(most))]


def count_outcomes(batch_id: str) -> Counter[str | None]:
    """Return how many items have which outcome; None stands for those that are still to come."""
    query = select(BatchItem.outcome, func.count()).where(BatchItem.batch_id == batch_id).group_by(BatchItem.outcome)
    return Counter({row[0]: row[1] for row in db.session.execute(query)})


def list_names(batch_id: str, outcome: str, most: int) -> list[tuple[str, str]]:
    """Return (display name, course id) of the first few with an outcome, by name."""
    query = (
        select(Person.display_name, Enrolment.course_id)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .join(BatchItem, BatchItem.enrolment_id == Enrolment.id)
        .where(BatchItem.batch_id == batch_id, BatchItem.outcome == outcome)
        .order_by(Person.display_name, BatchItem.number)
    )
    return [(row[0], row[1]) for row in db.session.execute(query.limit(most))]


def list_files() -> set[str]:
    """Return the public ids of batches whose file can be had, or is being made."""
    query = select(Batch).where(Batch.sha256.is_not(None) | (Batch.state == "running"))
    return {row.public_id for row in db.session.scalars(query) if row.state == "running" or row.has_file()}


def list_old() -> list[str]:
    """Return the ids of batches that are not to be remembered any longer."""
    query = select(Batch.id).where(Batch.made_at < clock.now() - BATCH_KEPT, Batch.state != "running")
    return list(db.session.scalars(query))


def forget(batch_ids: list[str]) -> None:
    """Delete batches and what they went through."""
    db.session.execute(delete(BatchItem).where(BatchItem.batch_id.in_(batch_ids)))
    db.session.execute(delete(Batch).where(Batch.id.in_(batch_ids)))


def list_about(person_id: str) -> list[tuple[Batch, BatchItem]]:
    """Return what was asked for others in which somebody's own enrolments stand."""
    query = (
        select(Batch, BatchItem)
        .join(BatchItem, BatchItem.batch_id == Batch.id)
        .join(Enrolment, Enrolment.id == BatchItem.enrolment_id)
        .where(Enrolment.person_id == person_id)
    )
    return [(batch, item) for batch, item in db.session.execute(query.order_by(Batch.made_at, BatchItem.number))]


def list_asked_by(person_id: str) -> list[Batch]:
    """Return everything that somebody asked for."""
    return list(db.session.scalars(select(Batch).where(Batch.asked_by == person_id).order_by(Batch.made_at)))


def remove_person(person_id: str) -> None:
    """Take somebody out of every batch; a file in which their certificate is can be had no longer."""
    about = list_about(person_id)
    for _batch, item in about:
        db.session.delete(item)
    touched = {batch.id for batch, _item in about}
    db.session.execute(update(Batch).where(Batch.id.in_(touched)).values(sha256=None))
    db.session.flush()
