"""The status of each person in each course, and the words by which they are found, for lists of any length."""

import json
import re

import sqlalchemy as sa
from alembic import op

from lms.coordination.board.status_records import rebuild

revision = "0031"
down_revision = "0030"

SORTED = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Go forward. A later migration that changes one of these tables takes the call of `rebuild` over from this one."""
    op.create_table(
        "training_status",
        sa.Column("programme_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("enrolment_id", sa.String(), nullable=True),
        sa.Column("unit_id", sa.String(), nullable=True),
        sa.Column("sort_key", SORTED, nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("award_id", sa.String(), nullable=True),
        sa.Column("withdrawn_id", sa.String(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("ready", sa.Boolean(), nullable=False),
        sa.Column("on_hold", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"]),
        sa.ForeignKeyConstraint(["withdrawn_id"], ["award.id"]),
        sa.PrimaryKeyConstraint("programme_id", "person_id", "course_id"),
    )
    op.create_table(
        "person_word",
        sa.Column("programme_id", sa.String(), nullable=False),
        sa.Column("word", SORTED, nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("programme_id", "word", "person_id"),
    )
    for name, table, columns in (
        ("ix_training_status_person_id", "training_status", ["person_id"]),
        ("ix_training_status_enrolment_id", "training_status", ["enrolment_id"]),
        ("ix_training_status_unit_id", "training_status", ["unit_id"]),
        ("ix_training_status_order", "training_status", ["programme_id", "sort_key", "person_id", "course_id"]),
        (
            "ix_training_status_phase",
            "training_status",
            ["programme_id", "phase", "sort_key", "person_id", "course_id"],
        ),
        (
            "ix_training_status_sums",
            "training_status",
            ["programme_id", "course_id", "phase", "valid_until", "ready", "on_hold", "withdrawn_id"],
        ),
        ("ix_person_word_person_id", "person_word", ["person_id"]),
    ):
        op.create_index(name, table, columns)
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
