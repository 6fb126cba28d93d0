"""The words by which people are found hold each person's place in the order of names."""

import json
import re

import sqlalchemy as sa
from alembic import op

from lms.coordination.board.status_records import rebuild

revision = "0049"
down_revision = "0048"

SORTED = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Go forward. A later migration that changes this table or `training_status` takes the call of `rebuild` over."""
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
    # A site that had no such tables before, or no learners.
    if op.get_bind().execute(sa.text("SELECT 1 FROM training_status LIMIT 1")).first() is None:
        rebuild(op.get_bind(), _private_courses())


def _private_courses() -> set[str]:
    """Return the courses that are private in a version that somebody may open, read from what was published."""
    connection = op.get_bind()
    lines = "SELECT l.course_id, b.manifest FROM course_line l JOIN bundle b ON b.digest = l.digest"
    found = set()
    for course_id, manifest in connection.execute(sa.text(lines)):
        files = json.loads(manifest) if isinstance(manifest, str) else manifest
        query = sa.text("SELECT content FROM library_text WHERE sha256 = :sha")
        content = connection.execute(query, {"sha": files.get("course.md")}).scalar() or b""
        if re.search(rb"(?mi)^private:\s*(?:yes|true|on)\b", bytes(content).partition(b"\n---")[0]):
            found.add(course_id)
    return found
