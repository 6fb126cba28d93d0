"""An index by which the newest certificates of a course are found."""

from alembic import op

revision = "0060"
down_revision = "0059"


def upgrade() -> None:
    """Go forward: the same index with one more column."""
    op.create_index("ix_award_course", "award", ["course_id", "id"])
    op.drop_index("ix_award_course_id", "award")
