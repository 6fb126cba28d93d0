"""Requests for workshop packs."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go forward: nobody has asked for a pack yet."""
    op.create_table(
        "pack_request",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("programme_id", sa.String(), sa.ForeignKey("programme.id"), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried_at", MOMENT),
        sa.Column("letters", sa.String()),
        sa.Column("made_at", MOMENT),
        sa.Column("content", sa.LargeBinary()),
    )
    op.create_index("ix_pack_request_programme_id", "pack_request", ["programme_id"])
    op.create_index("ix_pack_request_made_at", "pack_request", ["made_at"])
