"""Who was invited when and under which name, for the list of those who haven't joined yet.

Invitations from before aren't on the list: nothing tells them from links that people asked for to register.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Go forward."""
    op.add_column("invitation", sa.Column("public_id", sa.String(), nullable=True))
    op.add_column("invitation", sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("invitation", sa.Column("name", sa.String(), nullable=False, server_default=""))
    op.create_index("ix_invitation_public_id", "invitation", ["public_id"], unique=True)
    op.create_index("ix_invitation_list", "invitation", ["programme_id", "invited_at", "public_id"])
