"""Who was asked to review which version of a course."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go forward: nobody was asked yet."""
    op.create_table(
        "review_request",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("public_id", sa.String(), nullable=False, unique=True),
        sa.Column("programme_id", sa.String(), sa.ForeignKey("programme.id"), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("reviewer_id", sa.String(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("asked_by", sa.String(), sa.ForeignKey("person.id")),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("note", sa.String()),
        sa.Column("answered_at", MOMENT),
    )
    for name in ("programme_id", "reviewer_id", "asked_by"):
        op.create_index(f"ix_review_request_{name}", "review_request", [name])
