"""Which programme publishes new versions of a course."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    """Go forward: every course is the site's so far."""
    op.create_table(
        "course_owner",
        sa.Column("course_id", sa.String(), primary_key=True),
        sa.Column("programme_id", sa.String(), sa.ForeignKey("programme.id"), nullable=False),
    )
    op.create_index("ix_course_owner_programme_id", "course_owner", ["programme_id"])
