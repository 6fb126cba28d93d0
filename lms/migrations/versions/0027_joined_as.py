"""The name with which somebody joined, which coordinators compare with the names on certificates."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Go forward: for accounts from before, the name that others read now."""
    op.add_column("person", sa.Column("joined_as", sa.String(), nullable=False, server_default=""))
    op.execute(sa.text("UPDATE person SET joined_as = display_name"))
