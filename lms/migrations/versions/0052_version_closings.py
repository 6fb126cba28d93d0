"""Which older versions of courses close on which day, and how far their learners were told."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"


def upgrade() -> None:
    """Go forward: no version closes yet."""
    op.create_table(
        "version_closing",
        sa.Column("course_id", sa.String(), primary_key=True),
        sa.Column("minor_line", sa.String(), primary_key=True),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("after_enrolment", sa.String(), nullable=False),
        sa.Column("all_told", sa.Boolean(), nullable=False),
    )
