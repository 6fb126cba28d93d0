"""Units, and one row for each person of a programme; people who have a role already get theirs."""

import sqlalchemy as sa
from alembic import op

from lms.foundation.text.collation import search_key, sort_key

revision = "0030"
down_revision = "0029"

AT_ONCE = 1000


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "unit",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("programme_id", sa.String(), nullable=False),
        sa.Column("parent_id", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"]),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("public_id"),
    )
    op.create_index("ix_unit_programme_id", "unit", ["programme_id"])
    op.create_index("ix_unit_parent_id", "unit", ["parent_id"])
    op.create_table(
        "member",
        sa.Column("programme_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=True),
        sa.Column("staff_number", sa.String(), nullable=True),
        sa.Column("line_manager_id", sa.String(), nullable=True),
        sa.Column("line_manager", sa.String(), nullable=False, server_default=""),
        sa.Column("search_key", sa.String(), nullable=False),
        sa.Column("sort_key", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.ForeignKeyConstraint(["line_manager_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("programme_id", "person_id"),
        sa.UniqueConstraint("programme_id", "staff_number"),
    )
    op.create_index("ix_member_order", "member", ["programme_id", "sort_key", "person_id"])
    for column in ("person_id", "unit_id", "line_manager_id"):
        op.create_index(f"ix_member_{column}", "member", [column])
    _fill()


def _fill() -> None:
    """Give each person of each programme a row, dated with their first role; read and written in parts."""
    bind, last = op.get_bind(), ""
    member = sa.table(
        "member",
        *(sa.column(name, sa.String()) for name in ("programme_id", "person_id", "search_key", "sort_key")),
        sa.column("joined_at", sa.DateTime(timezone=True)),
    )
    people = sa.text("SELECT id, display_name, email FROM person WHERE id > :last ORDER BY id LIMIT :most").columns(
        id=sa.String(), display_name=sa.String(), email=sa.String()
    )
    roles = sa.text(
        "SELECT programme_id, person_id, MIN(created_at) AS joined_at FROM membership"
        " WHERE person_id > :first AND person_id <= :last GROUP BY programme_id, person_id"
    ).columns(programme_id=sa.String(), person_id=sa.String(), joined_at=sa.DateTime(timezone=True))
    while found := bind.execute(people, {"last": last, "most": AT_ONCE}).all():
        first, last = last, found[-1].id
        keys = {row.id: (_search(row.display_name, row.email), sort_key(row.display_name, "en")[0]) for row in found}
        rows = [
            {**row, "search_key": keys[row["person_id"]][0], "sort_key": keys[row["person_id"]][1]}
            for row in bind.execute(roles, {"first": first, "last": last}).mappings()
        ]
        if rows:
            bind.execute(sa.insert(member), rows)


def _search(name: str, email: str) -> str:
    return "\n".join((search_key(name), search_key(email), ""))
