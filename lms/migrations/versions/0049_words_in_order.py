"""The words by which people are found hold each person's place in the order of names."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"

SORTED = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Go forward; 0061 fills the table on a site that had none before."""
    op.create_table(
        "person_word_in_order",
        sa.Column("programme_id", sa.String(), sa.ForeignKey("programme.id"), nullable=False),
        sa.Column("word", SORTED, nullable=False),
        sa.Column("sort_key", SORTED, nullable=False),
        sa.Column("person_id", sa.String(), sa.ForeignKey("person.id"), nullable=False),
        sa.PrimaryKeyConstraint("programme_id", "word", "sort_key", "person_id"),
    )
    op.execute(
        sa.text(
            "INSERT INTO person_word_in_order (programme_id, word, sort_key, person_id)"
            " SELECT w.programme_id, w.word, COALESCE(m.sort_key, ''), w.person_id FROM person_word w"
            " LEFT JOIN member m ON m.programme_id = w.programme_id AND m.person_id = w.person_id"
        )
    )
    op.drop_index("ix_person_word_person", "person_word")
    op.drop_table("person_word")
    op.rename_table("person_word_in_order", "person_word")
    op.create_index("ix_person_word_person", "person_word", ["person_id", "word", "programme_id"])
