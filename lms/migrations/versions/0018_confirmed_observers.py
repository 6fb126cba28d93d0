"""Who observed a practice: an account, or a named person whom a second person confirms; earlier rows go on counting."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("observation") as batch_op:
        batch_op.add_column(sa.Column("observer_id", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("pending", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("confirmed_by", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key("fk_observation_observer", "person", ["observer_id"], ["id"])
        batch_op.create_foreign_key("fk_observation_confirmed_by", "person", ["confirmed_by"], ["id"])
