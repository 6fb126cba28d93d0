"""Audit trail: append-only rows of ids, written in the transaction of the event they record."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation import clock, ids
from lms.foundation.db import Base, db
from lms.foundation.statements.prepared import run_prepared

MOST_OF_PERSON = 10_000

acting_person: ContextVar[str | None] = ContextVar("acting_person", default=None)


class AuditEntry(Base):
    """One thing that happened, told in ids."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_at", "at"),
        Index("ix_audit_entry_event_at", "event", "at"),
        Index("ix_audit_entry_programme_id_at", "programme_id", "at"),
    )
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    at: Mapped[datetime]
    event: Mapped[str]
    actor_id: Mapped[str | None] = mapped_column(index=True)
    person_id: Mapped[str | None] = mapped_column(index=True)
    programme_id: Mapped[str | None]
    facts: Mapped[dict[str, Any]]


_APPEND = insert(AuditEntry.__table__)  # type: ignore[arg-type]


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def record(event: str, facts: dict[str, Any]) -> None:
    """Append one entry; `person_id` and `programme_id` in the facts become columns."""
    row = {
        "id": ids.inner_id(),
        "at": clock.now(),
        "event": event,
        "actor_id": acting_person.get(),
        "person_id": facts.get("person_id"),
        "programme_id": facts.get("programme_id"),
        "facts": {key: _plain(value) for key, value in facts.items()},
    }
    run_prepared(_APPEND, row)


def find_newest() -> datetime | None:
    """Return when the newest entry was written."""
    return db.session.scalar(select(AuditEntry.at).order_by(AuditEntry.id.desc()).limit(1))


def list_of_person(person_id: str) -> list[AuditEntry]:
    """Return everything that tells of one person, or that they did, the oldest first.

    Two statements, because each has an index of its own; one with "or" would read the whole trail. Of each, the newest
    MOST_OF_PERSON are read: staff of many years have more, and whoever asks for their data is not to stop the site.
    """
    found = {}
    for column in (AuditEntry.person_id, AuditEntry.actor_id):
        query = select(AuditEntry).where(column == person_id).order_by(AuditEntry.id.desc()).limit(MOST_OF_PERSON)
        found.update({row.id: row for row in db.session.scalars(query)})
    return [found[key] for key in sorted(found)]


def list_for_person(person_id: str, limit: int = 50) -> list[AuditEntry]:
    """Return what happened with one person's account, newest first."""
    query = select(AuditEntry).where(AuditEntry.person_id == person_id)
    return list(db.session.scalars(query.order_by(AuditEntry.id.desc()).limit(limit)))
