"""The table of merged accounts, and its queries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, delete, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation import clock, ids
from lms.foundation.db import Base, db

CAN_BE_UNDONE = timedelta(days=30)


class AccountMerge(Base):
    """One account was merged into another of the same person; the other one is closed.

    `moved` names the rows that were moved, by their keys. It goes when the merge is undone or can't be any more.
    `merged_by` is empty where it was done on the server.
    """

    __tablename__ = "account_merge"
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"))
    kept_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    other_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    merged_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    merged_at: Mapped[datetime]
    until: Mapped[datetime]
    undone_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    undone_at: Mapped[datetime | None]
    moved: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


def get_merge(merge_id: str) -> AccountMerge:
    """Return a merge as it stands in the database now."""
    return db.session.get_one(AccountMerge, merge_id, populate_existing=True)


def find_merge_into(kept_id: str, other_id: str) -> AccountMerge | None:
    """Return the newest merge of one account into another, undone or not."""
    these = (AccountMerge.kept_id == kept_id, AccountMerge.other_id == other_id)
    return db.session.scalar(select(AccountMerge).where(*these).order_by(AccountMerge.id.desc()).limit(1))


def find_merge_away(person_id: str) -> AccountMerge | None:
    """Return the merge that closed an account, unless it was undone."""
    these = (AccountMerge.other_id == person_id, AccountMerge.undone_at.is_(None))
    return db.session.scalar(select(AccountMerge).where(*these))


def list_merged_into(kept_id: str) -> Sequence[AccountMerge]:
    """Return the merges into an account that weren't undone, the newest first."""
    these = (AccountMerge.kept_id == kept_id, AccountMerge.undone_at.is_(None))
    return db.session.scalars(select(AccountMerge).where(*these).order_by(AccountMerge.id.desc())).all()


def list_merges(person_id: str) -> Sequence[AccountMerge]:
    """Return every merge that somebody's account was part of, and those that they made or undid, the oldest first."""
    columns = (AccountMerge.kept_id, AccountMerge.other_id, AccountMerge.merged_by, AccountMerge.undone_by)
    mine = or_(*(column == person_id for column in columns))
    return db.session.scalars(select(AccountMerge).where(mine).order_by(AccountMerge.id)).all()


def forget_moved() -> None:
    """Delete which rows were moved, where a merge can't be undone any more."""
    over = (AccountMerge.until <= clock.now(), AccountMerge.moved.is_not(None))
    db.session.execute(update(AccountMerge).where(*over).values(moved=None))


def forget_person(person_id: str) -> None:
    """Delete the merges of somebody's account, and their name from those that they made for others."""
    mine = or_(AccountMerge.kept_id == person_id, AccountMerge.other_id == person_id)
    db.session.execute(delete(AccountMerge).where(mine))
    for column in (AccountMerge.merged_by, AccountMerge.undone_by):
        db.session.execute(update(AccountMerge).where(column == person_id).values({column.key: None}))
