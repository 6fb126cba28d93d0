"""Invitations: the table and its queries."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ForeignKey, bindparam, delete
from sqlalchemy.orm import Mapped, mapped_column

from lms.accounts.rules import INVITATION_DAYS, INVITATION_KEPT_DAYS
from lms.foundation import clock
from lms.foundation.db import Base, db


class Invitation(Base):
    """A one-time link: the SHA-256 of its token and what it gives."""

    __tablename__ = "invitation"
    token_sha256: Mapped[str] = mapped_column(primary_key=True)
    programme_id: Mapped[str | None] = mapped_column(ForeignKey("programme.id"))
    role: Mapped[str]
    email: Mapped[str | None]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


def find_invitation(token_sha256: str) -> Invitation | None:
    """Return an invitation that can still be used."""
    row = db.session.get(Invitation, token_sha256)
    return row if row and row.used_at is None and row.expires_at > clock.now() else None


def end_invitations(email: str, *only: ColumnElement[bool]) -> int:
    """Delete the invitations of an address that were not used yet, or some of them; return how many."""
    mine = (Invitation.email == bindparam("address", email), Invitation.used_at.is_(None))
    return len(db.session.scalars(delete(Invitation).where(*mine, *only).returning(Invitation.token_sha256)).all())


def sweep_invitations() -> None:
    """Delete invitations a month after they were made, whether they were used or not."""
    made = clock.now() - timedelta(days=INVITATION_KEPT_DAYS)
    db.session.execute(delete(Invitation).where(Invitation.expires_at < made + timedelta(days=INVITATION_DAYS)))
