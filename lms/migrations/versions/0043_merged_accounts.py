"""Which account was merged into which other one, and which rows were moved."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go forward: no accounts were merged yet."""

    def person(name: str, *, needed: bool) -> sa.Column[str]:
        return sa.Column(name, sa.String(), sa.ForeignKey("person.id"), nullable=not needed)

    op.create_table(
        "account_merge",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("programme_id", sa.String(), sa.ForeignKey("programme.id"), nullable=False),
        person("kept_id", needed=True),
        person("other_id", needed=True),
        person("merged_by", needed=False),
        sa.Column("merged_at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        person("undone_by", needed=False),
        sa.Column("undone_at", MOMENT),
        sa.Column("moved", sa.JSON()),
    )
    for name in ("kept_id", "other_id", "merged_by", "undone_by"):
        op.create_index(f"ix_account_merge_{name}", "account_merge", [name])
