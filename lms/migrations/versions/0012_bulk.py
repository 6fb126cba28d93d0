"""Which ends were told to whom, and work that coordinators ask for many people at once."""

import json
from datetime import date, datetime

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


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
    op.create_table(
        "batch",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("programme_id", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"]),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("public_id"),
    )
    for column in ("programme_id", "asked_by", "state"):
        op.create_index(f"ix_batch_{column}", "batch", [column], unique=False)
    op.create_table(
        "batch_item",
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.String(), nullable=False),
        sa.Column("award_id", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"]),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"]),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"]),
        sa.PrimaryKeyConstraint("batch_id", "number"),
    )
    op.create_index("ix_batch_item_enrolment_id", "batch_item", ["enrolment_id"], unique=False)


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
