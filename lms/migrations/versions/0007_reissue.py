"""Certificates can be made anew: the current one of an enrolment is marked, and a new name is asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
NAMES = {"uq": "uq_%(table_name)s_%(column_0_name)s"}


def upgrade() -> None:
    """Go forward."""
    on_postgres = op.get_bind().dialect.name == "postgresql"
    with op.batch_alter_table("award", naming_convention=NAMES) as batch_op:
        batch_op.add_column(sa.Column("current_for", sa.String(), nullable=True))
        batch_op.drop_constraint("award_enrolment_id_key" if on_postgres else "uq_award_enrolment_id", type_="unique")
        batch_op.create_index(batch_op.f("ix_award_enrolment_id"), ["enrolment_id"], unique=False)
        batch_op.create_unique_constraint("uq_award_current_for", ["current_for"])
    op.execute("UPDATE award SET current_for = enrolment_id")
    op.create_table(
        "name_request",
        sa.Column("award_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"]),
        sa.PrimaryKeyConstraint("award_id"),
    )
