"""Lists of suspended badges beside those of revoked ones, both signed for a limited time.

Badges made so far name the list of revocations alone, so their withdrawals stay there.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Go forward."""
    op.add_column("credential", sa.Column("suspendable", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("status_list", sa.Column("suspension", sa.LargeBinary(), nullable=True))
    op.add_column("status_list", sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True))
