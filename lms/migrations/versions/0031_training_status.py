"""The status of each person in each course, and the words by which they are found, for lists of any length."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

SORTED = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Go forward. The last migration that changes one of these tables also fills them."""
    op.create_table(
        "training_status",
        sa.Column("programme_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("enrolment_id", sa.String(), nullable=True),
        sa.Column("unit_id", sa.String(), nullable=True),
        sa.Column("sort_key", SORTED, nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("award_id", sa.String(), nullable=True),
        sa.Column("withdrawn_id", sa.String(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("ready", sa.Boolean(), nullable=False),
        sa.Column("on_hold", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"]),
        sa.ForeignKeyConstraint(["withdrawn_id"], ["award.id"]),
        sa.PrimaryKeyConstraint("programme_id", "person_id", "course_id"),
    )
    op.create_table(
        "person_word",
        sa.Column("programme_id", sa.String(), nullable=False),
        sa.Column("word", SORTED, nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("programme_id", "word", "person_id"),
    )
    for name, table, columns in (
        ("ix_training_status_person_id", "training_status", ["person_id"]),
        ("ix_training_status_enrolment_id", "training_status", ["enrolment_id"]),
        ("ix_training_status_unit_id", "training_status", ["unit_id"]),
        ("ix_training_status_order", "training_status", ["programme_id", "sort_key", "person_id", "course_id"]),
        (
            "ix_training_status_phase",
            "training_status",
            ["programme_id", "phase", "sort_key", "person_id", "course_id"],
        ),
        (
            "ix_training_status_sums",
            "training_status",
            ["programme_id", "course_id", "phase", "valid_until", "ready", "on_hold", "withdrawn_id"],
        ),
        ("ix_person_word_person_id", "person_word", ["person_id"]),
    ):
        op.create_index(name, table, columns)
