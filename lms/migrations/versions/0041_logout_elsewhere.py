"""Which session at a provider a session here counts on, so that a sign-out there ends it."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    """Go forward: of open sessions it isn't known, and a sign-out there ends them by whose they are."""
    op.add_column("sign_in", sa.Column("elsewhere_sha256", sa.String()))
    op.create_index("ix_sign_in_elsewhere_sha256", "sign_in", ["elsewhere_sha256"])
