"""When keys ended or stopped being trusted, who signs a pair of status lists, and PDFs that lack a timestamp."""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"


def upgrade() -> None:
    """Go forward; keys have no end yet, and lists go on being signed by whoever signed them last."""
    op.add_column("signing_key", sa.Column("until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("signing_key", sa.Column("compromised_from", sa.Date(), nullable=True))
    op.add_column("status_list", sa.Column("issuer", sa.String(), nullable=True))
    op.add_column("document", sa.Column("timestamp", sa.String(), nullable=True))
