"""Who was told that their closed account will be deleted, and on which day."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    """Go forward: nobody was told yet, so everybody whose account is closed has a month from their email on."""
    op.create_table(
        "account_ending",
        sa.Column("person_id", sa.String(), sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deletes_on", sa.Date(), nullable=False),
    )
