"""Names on certificates: confirmed by coordinators, and never blank where letters of them cannot be printed yet."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Go forward; whoever had a blank name on certificates gets the one they go by, and their badges are made."""
    with op.batch_alter_table("render_request") as batch_op:
        batch_op.add_column(sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("letters", sa.String(), nullable=True))
    op.create_table(
        "name_confirmation",
        sa.Column("programme_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["confirmed_by"], ["person.id"]),
        sa.PrimaryKeyConstraint("programme_id", "person_id", "name"),
    )
    op.execute("UPDATE person SET certificate_name = display_name WHERE certificate_name = ''")
    op.execute(
        "UPDATE award SET name = (SELECT certificate_name FROM person WHERE person.id = award.person_id)"
        " WHERE name = '' AND name_seal IS NULL"
    )
    op.execute(
        sa.text(
            "INSERT INTO render_request (award_id, requested_at, tries) SELECT id, :now, 0 FROM award"
            " WHERE name <> '' AND NOT waiting"
            " AND NOT EXISTS (SELECT 1 FROM render_request WHERE render_request.award_id = award.id)"
            " AND NOT EXISTS (SELECT 1 FROM document WHERE document.award_id = award.id)"
        ).bindparams(sa.bindparam("now", datetime.now(UTC), sa.DateTime(timezone=True)))
    )
