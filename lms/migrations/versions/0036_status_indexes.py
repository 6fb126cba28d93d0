"""Indexes by which lists of people are found and counted, and a phase for an older certificate that is shown."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Go forward."""
    for name, table in (
        ("ix_training_status_unit_id", "training_status"),
        ("ix_training_status_sums", "training_status"),
        ("ix_person_word_person_id", "person_word"),
    ):
        op.drop_index(name, table)
    for name, table, columns in (
        ("ix_training_status_unit", "training_status", ["unit_id", "sort_key", "person_id", "course_id"]),
        (
            "ix_training_status_sums",
            "training_status",
            ["programme_id", "course_id", "phase", "valid_until", "ready", "on_hold"],
        ),
        ("ix_person_word_person", "person_word", ["person_id", "programme_id", "word"]),
        ("ix_membership_role", "membership", ["programme_id", "role", "person_id"]),
        ("ix_observation_pending", "observation", ["programme_id", "pending"]),
        ("ix_render_request_done_at", "render_request", ["done_at"]),
    ):
        op.create_index(name, table, columns)
    op.execute(
        sa.text("UPDATE training_status SET phase = 'older' WHERE phase = 'issued' AND withdrawn_id IS NOT NULL")
    )
