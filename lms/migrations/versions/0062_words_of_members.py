"""Words of every member, what addresses look like, and coordinators by programme, so that searches use an index."""

import re

import sqlalchemy as sa
from alembic import op

from lms.accounts.addresses import skeleton
from lms.foundation.text.collation import search_key

revision = "0062"
down_revision = "0061"

AT_ONCE = 500
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff]")
_WORD = sa.table("person_word", *map(sa.column, ("programme_id", "word", "sort_key", "person_id")))
_MEMBER = sa.table("member", *map(sa.column, ("programme_id", "person_id", "search_key", "sort_key")))
_PERSON = sa.table("person", *map(sa.column, ("id", "email", "email_look")))


def upgrade() -> None:
    """Go forward: read and written in parts."""
    with op.batch_alter_table("person") as person:
        person.add_column(sa.Column("email_look", sa.String(), nullable=False, server_default=""))
    op.create_index("ix_person_email_look", "person", ["email_look"])
    op.create_index("ix_person_word_everywhere", "person_word", ["word", "person_id"])
    condition = sa.text("role = 'coordinator'")
    op.create_index(
        "ix_membership_coordinator",
        "membership",
        ["programme_id", "person_id"],
        sqlite_where=condition,
        postgresql_where=condition,
    )
    _add_looks(op.get_bind())
    _add_words(op.get_bind())


def _add_looks(bind: sa.Connection) -> None:
    last, query = "", sa.select(_PERSON.c.id, _PERSON.c.email).order_by(_PERSON.c.id).limit(AT_ONCE)
    change = _PERSON.update().where(_PERSON.c.id == sa.bindparam("person")).values(email_look=sa.bindparam("look"))
    while found := bind.execute(query.where(_PERSON.c.id > last)).all():
        last = found[-1].id
        bind.execute(change, [{"person": row.id, "look": skeleton(row.email)} for row in found])


def _add_words(bind: sa.Connection) -> None:
    """Add those of members who are no learners, or not any more; those of learners are there."""
    # As an expression, or SQLite would go through all words of the programme for each member.
    here = _WORD.c.programme_id.concat("") == _MEMBER.c.programme_id
    same = (_WORD.c.person_id == _MEMBER.c.person_id, here)
    query = sa.select(_MEMBER).where(~sa.exists().where(*same).correlate(_MEMBER))
    place = sa.tuple_(_MEMBER.c.programme_id, _MEMBER.c.person_id)
    query, last = query.order_by(_MEMBER.c.programme_id, _MEMBER.c.person_id).limit(AT_ONCE), ("", "")
    while found := bind.execute(query.where(place > last)).all():
        last = (found[-1].programme_id, found[-1].person_id)
        rows = [
            {"programme_id": row.programme_id, "word": word, "sort_key": row.sort_key, "person_id": row.person_id}
            for row in found
            for word in sorted(_words_of(row.search_key))
        ]
        if rows:
            bind.execute(_WORD.insert(), rows)


def _words_of(text: str) -> set[str]:
    words = {word[:60] for word in re.findall(r"\w+", search_key(text).replace("_", " "))}
    return words | {word[place:] for word in words if _UNSPACED.search(word) for place in range(len(word))}
