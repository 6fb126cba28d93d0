"""Drafts of courses: their files, texts and revisions."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go forward: nobody has a draft yet."""
    op.create_table(
        "draft",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("public_id", sa.String(), nullable=False, unique=True),
        sa.Column("programme_id", sa.String(), sa.ForeignKey("programme.id"), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("base_digest", sa.String()),
        sa.Column("created_by", sa.String(), sa.ForeignKey("person.id")),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
    )
    op.create_index("ix_draft_programme_id", "draft", ["programme_id"])
    op.create_index("ix_draft_created_by", "draft", ["created_by"])
    op.create_table(
        "draft_file",
        sa.Column("draft_id", sa.String(), sa.ForeignKey("draft.id"), primary_key=True),
        sa.Column("path", sa.String(), primary_key=True),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("changed_revision", sa.Integer(), nullable=False),
    )
    op.create_table(
        "draft_text",
        sa.Column("draft_id", sa.String(), sa.ForeignKey("draft.id"), primary_key=True),
        sa.Column("sha256", sa.String(), primary_key=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "draft_revision",
        sa.Column("draft_id", sa.String(), sa.ForeignKey("draft.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("person_id", sa.String(), sa.ForeignKey("person.id")),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("new_path", sa.String()),
        sa.Column("changes", sa.JSON(), nullable=False),
    )
    op.create_index("ix_draft_revision_person_id", "draft_revision", ["person_id"])
