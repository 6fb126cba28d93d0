"""Pushes for the job processes of several hosts, and fingerprints of the keys that all of them have."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"


def upgrade() -> None:
    """Go forward: nothing waits, and the next host to start notes its keys."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "job_push",
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("pushed_at", moment, nullable=False),
    )
    op.create_index("ix_job_push_lane_pushed_at", "job_push", ["lane", "pushed_at"])
    op.create_table(
        "key_mark",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("since", moment, nullable=False),
    )
