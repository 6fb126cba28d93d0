"""Imports of people from a file, row by row, and what an invitation brings with it once it is accepted."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Go forward."""
    op.add_column("invitation", sa.Column("unit_id", sa.String(), nullable=True))
    op.add_column("invitation", sa.Column("staff_number", sa.String(), nullable=False, server_default=""))
    op.add_column("invitation", sa.Column("line_manager", sa.String(), nullable=False, server_default=""))
    op.create_index("ix_invitation_email", "invitation", ["programme_id", "email"])
    op.create_table(
        "roster_import",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("programme_id", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("new_units", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"]),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("public_id"),
    )
    for column in ("programme_id", "asked_by", "state"):
        op.create_index(f"ix_roster_import_{column}", "roster_import", [column])
    op.create_table(
        "roster_row",
        sa.Column("import_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=True),
        sa.Column("staff_number", sa.String(), nullable=False),
        sa.Column("line_manager", sa.String(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["roster_import.id"]),
        sa.PrimaryKeyConstraint("import_id", "number"),
    )
    op.create_index("ix_roster_row_result", "roster_row", ["import_id", "result", "number"])
    op.create_index("ix_roster_row_email", "roster_row", ["email"])
