"""Badges at an address that their holders open and close, and documents found by their digest."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("award") as batch_op:
        batch_op.add_column(sa.Column("badge_open", sa.Boolean(), nullable=True))
    op.create_index("ix_document_sha256", "document", ["sha256"])
