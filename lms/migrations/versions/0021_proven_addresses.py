"""Email addresses that somebody has proven to be theirs, and links to a new password that stand for nobody."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Go forward."""
    op.add_column("person", sa.Column("email_proven_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("password_link") as batch_op:
        batch_op.alter_column("person_id", existing_type=sa.String(), nullable=True)
