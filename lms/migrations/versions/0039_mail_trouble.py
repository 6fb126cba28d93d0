"""Addresses that email doesn't reach, and what kind of trouble there is with each."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    """Go forward: nothing is known of earlier emails."""
    op.create_table(
        "mail_trouble",
        sa.Column("address", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
    )
