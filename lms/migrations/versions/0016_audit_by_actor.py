"""An index on who did something, so that a person's own data is found without reading the whole audit trail."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Go forward."""
    op.create_index("ix_audit_entry_actor_id", "audit_entry", ["actor_id"])
