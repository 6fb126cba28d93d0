"""How many people have which status, in sums that each change of a status adds to."""

import json
import re
from datetime import date

import sqlalchemy as sa
from alembic import op

from lms.coordination.board.status_records import rebuild

revision = "0061"
down_revision = "0060"


def upgrade() -> None:
    """Go forward. A later migration that changes a table of the list of people takes the call of `rebuild` over."""
    op.create_table(
        "status_count",
        sa.Column("programme_id", sa.String(), sa.ForeignKey("programme.id"), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("ready", sa.Boolean(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("change_id", sa.String(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("programme_id", "course_id", "phase", "ready", "month", "until", "change_id"),
        sqlite_with_rowid=False,
    )
    changes = sa.text("change_id <> ''")
    op.create_index(
        "ix_status_count_changes", "status_count", ["change_id"], sqlite_where=changes, postgresql_where=changes
    )
    # A site that had no lists before, or no learners.
    if op.get_bind().execute(sa.text("SELECT 1 FROM training_status LIMIT 1")).first() is None:
        rebuild(op.get_bind(), _private_courses())
        return
    status = sa.table("training_status", *map(sa.column, ("programme_id", "course_id", "phase", "ready", "on_hold")))
    valid_until = sa.column("valid_until", sa.Date())
    held = status.c.phase.in_(("issued", "older"))
    until = sa.case((held, sa.func.coalesce(valid_until, date.max)), else_=date.max).label("until")
    ready = sa.and_(held, status.c.ready, ~status.c.on_hold).label("ready")
    facts = sa.select(status.c.programme_id, status.c.course_id, status.c.phase, ready, until).subquery().c
    month = sa.extract("year", facts.until) * 100 + sa.extract("month", facts.until)
    sums = sa.select(*facts, month, sa.literal_column("''"), sa.func.count()).group_by(*facts)
    columns = ("programme_id", "course_id", "phase", "ready", "until", "month", "change_id", "people")
    op.execute(sa.insert(sa.table("status_count", *map(sa.column, columns))).from_select(columns, sums))


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
