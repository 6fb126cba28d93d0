"""The git repositories that a programme's courses come from."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go forward: no repository is set up yet."""
    op.create_table(
        "course_source",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("programme_id", sa.String(), sa.ForeignKey("programme.id"), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("branch", sa.String(), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", MOMENT),
        sa.Column("started_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("draft", sa.String()),
        sa.Column("reason", sa.String()),
        sa.Column("detail", sa.String()),
        sa.UniqueConstraint("programme_id", "course_id"),
    )
    op.create_index("ix_course_source_state", "course_source", ["state"])
