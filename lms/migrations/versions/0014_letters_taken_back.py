"""What a letter is about, so that it can be taken back while it waits."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("outbox_mail") as batch_op:
        batch_op.add_column(sa.Column("about", sa.String(), nullable=True))
