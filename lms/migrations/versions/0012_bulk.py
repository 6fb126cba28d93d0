"""Which ends were told to whom, and work that coordinators ask for many people at once."""

import json
from datetime import date, datetime

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0009"


def upgrade() -> None:
    """Go forward."""
    end_notice = op.create_table(
        "end_notice",
        sa.Column("award_id", sa.String(), nullable=False),
        sa.Column("notice", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("award_id", "notice", "person_id"),
    )
    op.create_index("ix_end_notice_person_id", "end_notice", ["person_id"], unique=False)
    _bring_along(end_notice)


def _bring_along(end_notice: sa.Table) -> None:
    """Keep, of whom the audit trail says that they were told two months before an end, that they were."""
    connection = op.get_bind()
    awards = {row[0] for row in connection.execute(sa.text("select id from award"))}
    query = sa.text("select at, person_id, facts from audit_entry where event = 'EndTold'")
    told: dict[str, dict[str, object]] = {}
    for at, person_id, facts in connection.execute(query):
        known = json.loads(facts) if isinstance(facts, str) else facts
        on = at.date() if isinstance(at, datetime) else date.fromisoformat(str(at)[:10])
        if known["award_id"] in awards:
            told[known["award_id"]] = {
                "award_id": known["award_id"],
                "notice": "ends-60",
                "person_id": person_id,
                "told_on": on,
            }
    if told:
        op.bulk_insert(end_notice, list(told.values()))
