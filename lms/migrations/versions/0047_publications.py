"""What is to become of drafts, and courses that were withdrawn."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go forward: nothing was published from a draft, and no course was withdrawn."""
    op.create_table(
        "withdrawn_course",
        sa.Column("course_id", sa.String(), primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_table(
        "publication",
        sa.Column("draft_id", sa.String(), sa.ForeignKey("draft.id"), primary_key=True),
        sa.Column("programme_id", sa.String(), sa.ForeignKey("programme.id"), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), sa.ForeignKey("person.id")),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("decided_by", sa.String(), sa.ForeignKey("person.id")),
        sa.Column("decided_at", MOMENT),
        sa.Column("publish_at", MOMENT),
        sa.Column("note", sa.String()),
    )
    for name in ("programme_id", "asked_by", "decided_by", "publish_at"):
        op.create_index(f"ix_publication_{name}", "publication", [name])
