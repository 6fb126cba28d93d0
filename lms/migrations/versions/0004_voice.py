"""Remarks, preferences and refreshers."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "remark",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("programme_id", sa.String(), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("lesson_id", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("week", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "remark_answer",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("programme_id", sa.String(), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("lesson_id", sa.String(), nullable=False),
        sa.Column("heard", sa.String(), nullable=False),
        sa.Column("changed", sa.String(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("remark_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_remark_answer_programme_id"), ["programme_id"], unique=False)

    op.create_table(
        "consent",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("person_id", "purpose"),
    )
    op.create_table(
        "choices",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=False),
        sa.Column("quiet_until", sa.Time(), nullable=False),
        sa.Column("snoozed_until", sa.Date(), nullable=True),
        sa.Column("weekly", sa.Boolean(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("wins_hidden", sa.Boolean(), nullable=False),
        sa.Column("check_at_once", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("person_id"),
    )
    op.create_table(
        "waiting_line",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("waiting_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_waiting_line_person_id"), ["person_id"], unique=False)

    op.add_column("outbox_mail", sa.Column("quiet", sa.String(), nullable=True))
    op.add_column("outbox_mail", sa.Column("off_url", sa.String(), nullable=True))
    op.create_table(
        "refresher",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("pace", sa.String(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("person_id"),
    )
    op.create_table(
        "refresher_shown",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("shown_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("person_id", "question"),
    )
    op.add_column("person", sa.Column("pronouns", sa.String(), nullable=True))
    for name in ("pronouns_shown", "long_rest"):
        op.add_column("person", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
