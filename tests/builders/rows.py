"""Count rows and audit entries."""

from __future__ import annotations

from sqlalchemy import func, select

from lms.certification.awards.records import Award
from lms.foundation.audit.entries import AuditEntry
from lms.foundation.db import Base, db
from tests.conftest import Site


def count_rows(site: Site, table: type[Base]) -> int:
    with site.inside():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


def count_events(site: Site, event: str) -> int:
    with site.inside():
        return db.session.scalar(select(func.count()).where(AuditEntry.event == event)) or 0


def list_awards() -> list[Award]:
    """Return all certificates, the oldest first; call it inside."""
    return list(db.session.scalars(select(Award).order_by(Award.id)))
