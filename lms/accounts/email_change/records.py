"""Changes of email address: the table and its queries."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, select, update
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation import clock, ids
from lms.foundation.db import Base, db
from lms.foundation.statements.deleting import delete_old

# How long the link to the new address works, and the one to the former address; then the row is kept with its emails.
CONFIRM_DAYS, UNDO_DAYS, KEPT_DAYS = 2, 14, 30


class EmailChange(Base):
    """A change that somebody asked for; its links carry an HMAC of its id, so no token is stored."""

    __tablename__ = "email_change"
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.public_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    old_email: Mapped[str]
    new_email: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(index=True)
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    @property
    def may_be_confirmed(self) -> bool:
        """True while the link to the new address works."""
        is_open = self.confirmed_at is None and self.ended_at is None
        return is_open and clock.now() - self.asked_at < timedelta(days=CONFIRM_DAYS)

    @property
    def may_be_undone(self) -> bool:
        """True while the link to the former address works, before the change and for some days after it."""
        since = self.confirmed_at or self.asked_at
        return self.ended_at is None and clock.now() - since < timedelta(days=UNDO_DAYS)


def find_change(change_id: str) -> EmailChange | None:
    """Return a change by its id."""
    return db.session.get(EmailChange, change_id)


def find_open_change(person_id: str) -> EmailChange | None:
    """Return the change that somebody asked for last, while its link works."""
    query = select(EmailChange).where(EmailChange.person_id == person_id).order_by(EmailChange.asked_at.desc())
    return next((row for row in db.session.scalars(query) if row.may_be_confirmed), None)


def list_changes(person_id: str) -> list[EmailChange]:
    """Return the changes of a person's address of the last days, the oldest first."""
    query = select(EmailChange).where(EmailChange.person_id == person_id)
    return list(db.session.scalars(query.order_by(EmailChange.asked_at, EmailChange.id)))


def end_open_changes(person_id: str) -> None:
    """End every change that isn't confirmed yet."""
    mine = (EmailChange.person_id == person_id, EmailChange.confirmed_at.is_(None), EmailChange.ended_at.is_(None))
    db.session.execute(update(EmailChange).where(*mine).values(ended_at=clock.now()))


def sweep_changes() -> None:
    """Delete changes whose links and emails are long gone."""
    delete_old(EmailChange, EmailChange.asked_at < clock.now() - timedelta(days=KEPT_DAYS))
