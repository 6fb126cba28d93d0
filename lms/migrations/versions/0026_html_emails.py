"""HTML beside the text of emails that wait to be sent; those that waited before are sent as plain text."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Go forward."""
    op.add_column("outbox_mail", sa.Column("html", sa.String(), nullable=False, server_default=""))
