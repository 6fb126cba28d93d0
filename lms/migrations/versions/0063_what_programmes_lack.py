"""What programmes lack, in columns of theirs, so that finding those takes an index and not every programme."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"

_CONTACT = ("lead", "contact", "reply_time")
_COORDINATED = """
    UPDATE programme SET lacks_coordinator = :no WHERE id IN (
        SELECT membership.programme_id FROM membership JOIN person ON person.id = membership.person_id
        WHERE membership.role = 'coordinator' AND person.disabled_at IS NULL
    )
"""


def upgrade() -> None:
    """Go forward: there are a few thousand programmes at most."""
    with op.batch_alter_table("programme") as programme:
        programme.add_column(sa.Column("country", sa.String(), nullable=False, server_default=""))
        programme.add_column(sa.Column("lacks_contact", sa.Boolean(), nullable=False, server_default=sa.true()))
        programme.add_column(sa.Column("lacks_coordinator", sa.Boolean(), nullable=False, server_default=sa.true()))
    bind = op.get_bind()
    change = sa.text("UPDATE programme SET country = :country, lacks_contact = :lacks WHERE id = :id")
    rows = []
    for id_, facts in bind.execute(sa.text("SELECT id, facts FROM programme")).all():
        said = json.loads(facts) if isinstance(facts, str) else facts
        lacks = not all(said.get(name) for name in _CONTACT)
        rows.append({"id": id_, "country": str(said.get("country") or ""), "lacks": lacks})
    if rows:
        bind.execute(change, rows)
    bind.execute(sa.text(_COORDINATED), {"no": False})
    op.create_index("ix_programme_country", "programme", ["country", "id", "slug"])
    for column in ("lacks_contact", "lacks_coordinator"):
        on_sqlite, on_postgresql = sa.text(f"{column} = 1"), sa.text(column)
        name = f"ix_programme_{column}"
        op.create_index(name, "programme", ["id", "slug"], sqlite_where=on_sqlite, postgresql_where=on_postgresql)
