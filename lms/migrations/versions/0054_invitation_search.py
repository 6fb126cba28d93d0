"""Name and address of invited people as a search compares them, without accents."""

import sqlalchemy as sa
from alembic import op

from lms.foundation.text.collation import search_key

revision = "0054"
down_revision = "0053"

AT_ONCE = 500


def upgrade() -> None:
    """Go forward: each invitation gets its key, read and written in parts."""
    op.add_column("invitation", sa.Column("search_key", sa.String(), nullable=False, server_default=""))
    bind, last = op.get_bind(), ""
    invitation = sa.table("invitation", *map(sa.column, ("token_sha256", "name", "email", "search_key")))
    query = sa.select(invitation.c.token_sha256, invitation.c.name, invitation.c.email)
    query = query.order_by(invitation.c.token_sha256).limit(AT_ONCE)
    change = invitation.update().where(invitation.c.token_sha256 == sa.bindparam("token"))
    change = change.values(search_key=sa.bindparam("key"))
    while found := bind.execute(query.where(invitation.c.token_sha256 > last)).all():
        last = found[-1].token_sha256
        bind.execute(change, [{"token": row.token_sha256, "key": _key(row.name, row.email)} for row in found])


def _key(name: str, email: str | None) -> str:
    return "\n".join((search_key(name), search_key(email or "")))
