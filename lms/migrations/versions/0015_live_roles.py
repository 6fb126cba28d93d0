"""Sessions that keep no roles, and remember that something ended them."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Go forward."""
    op.add_column("sign_in", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_column("sign_in", "roles")
