"""Indexes by which operators read the audit trail: by moment, by event and by programme."""

from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Go forward."""
    op.create_index("ix_audit_entry_at", "audit_entry", ["at"])
    op.create_index("ix_audit_entry_event_at", "audit_entry", ["event", "at"])
    op.create_index("ix_audit_entry_programme_id_at", "audit_entry", ["programme_id", "at"])
