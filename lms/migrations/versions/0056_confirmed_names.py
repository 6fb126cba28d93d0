"""When a certificate's name was confirmed, and since when a certificate waits for that."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"

AT_ONCE = 500


def upgrade() -> None:
    """Go forward: certificates have the day of what was confirmed already, and none waits."""
    moment = sa.DateTime(timezone=True)
    op.add_column("award", sa.Column("name_confirmed_at", moment))
    op.add_column("award", sa.Column("name_waits_since", moment))
    op.create_index("ix_award_name_waits_since", "award", ["name_waits_since"])
    confirmed = sa.table("name_confirmation", *map(sa.column, ("programme_id", "person_id", "name", "confirmed_at")))
    award = sa.table("award", *map(sa.column, ("id", "programme_id", "person_id", "name", "name_confirmed_at")))
    same = sa.and_(award.c.programme_id == confirmed.c.programme_id, award.c.person_id == confirmed.c.person_id)
    query = sa.select(award.c.id, award.c.name, confirmed.c.name, confirmed.c.confirmed_at)
    query = query.join(confirmed, same).order_by(award.c.id, confirmed.c.name).limit(AT_ONCE)
    change = award.update().where(award.c.id == sa.bindparam("key")).values(name_confirmed_at=sa.bindparam("at"))
    bind, last = op.get_bind(), ("", "")
    place = sa.tuple_(award.c.id, confirmed.c.name)
    while found := bind.execute(query.where(place > last)).all():
        last = (found[-1][0], found[-1][2])
        values = [{"key": key, "at": at} for key, name, plain, at in found if name and _plain(name) == plain]
        if values:
            bind.execute(change, values)


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    return "".join(filter(str.isalnum, letters))
