"""Lessons that a learner said they know already, which count as done and whose time does not."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("lesson_done") as batch_op:
        batch_op.add_column(sa.Column("known", sa.Boolean(), nullable=False, server_default=sa.false()))
