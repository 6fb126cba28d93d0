"""The time zone of somebody's quiet hours."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"


def upgrade() -> None:
    """Go forward: nobody has chosen one yet, so everybody has that of their programme."""
    op.add_column("choices", sa.Column("zone", sa.String()))
