"""Accounts at a provider with which people sign in, and until when a session counts on its word."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go forward: nobody has an account at a provider yet, and no open session came by one."""
    op.add_column("sign_in", sa.Column("vouched_until", MOMENT))
    op.add_column(
        "sign_in", sa.Column("second_step_elsewhere", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_table(
        "external_identity",
        sa.Column("issuer", sa.String(), primary_key=True),
        sa.Column("subject", sa.String(), primary_key=True),
        sa.Column("person_id", sa.String(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("given", sa.String(), nullable=False),
        sa.Column("connected_at", MOMENT, nullable=False),
        sa.Column("last_used_at", MOMENT, nullable=False),
        sa.UniqueConstraint("person_id", "issuer"),
    )
    op.create_index("ix_external_identity_person_id", "external_identity", ["person_id"])
