"""How often what was chosen in checks, without names, and checks that are marked again with both scores."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"

MOMENT = sa.DateTime(timezone=True)
SCORE = (("right", sa.Integer()), ("asked", sa.Integer()), ("passed", sa.Boolean()))


def upgrade() -> None:
    """Go forward: all that was sent waits to be counted, and the job process does so in portions."""
    op.add_column("result", sa.Column("counted", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("result", sa.Column("regraded_at", MOMENT))
    op.create_index(
        "ix_result_uncounted",
        "result",
        ["attempt_id"],
        sqlite_where=sa.text("counted = 0"),
        postgresql_where=sa.text("counted = false"),
    )

    def key(name: str) -> sa.Column[str]:
        return sa.Column(name, sa.String(), primary_key=True)

    def number(name: str) -> sa.Column[int]:
        return sa.Column(name, sa.Integer(), nullable=False)

    def programme() -> sa.Column[str]:
        return sa.Column("programme_id", sa.String(), sa.ForeignKey("programme.id"), primary_key=True)

    text = ("course_id", "question_id", "text_sha")
    op.create_table(
        "question_tally",
        programme(),
        *map(key, text),
        number("since"),
        sa.Column("right_key", sa.String()),
        number("held"),
        number("released"),
    )
    op.create_table("question_count", programme(), *map(key, text), key("counter"), number("held"), number("released"))
    _create_regrades()


def _create_regrades() -> None:
    def person(name: str) -> sa.Column[str]:
        return sa.Column(name, sa.String(), sa.ForeignKey("person.id"))

    op.create_table(
        "regrade",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("public_id", sa.String(), nullable=False, unique=True),
        sa.Column("programme_id", sa.String(), sa.ForeignKey("programme.id"), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("question_id", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("after_attempt", sa.String(), nullable=False),
        person("proposed_by"),
        sa.Column("proposed_at", MOMENT, nullable=False),
        person("decided_by"),
        sa.Column("decided_at", MOMENT),
        sa.UniqueConstraint("programme_id", "course_id", "question_id", "how", "digest"),
    )
    op.create_table(
        "regraded_result",
        sa.Column("regrade_id", sa.String(), sa.ForeignKey("regrade.id"), primary_key=True),
        sa.Column("attempt_id", sa.String(), sa.ForeignKey("attempt.id"), primary_key=True),
        *(sa.Column(f"{name}_{when}", kind, nullable=False) for when in ("before", "after") for name, kind in SCORE),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        person("decided_by"),
    )
    op.create_index("ix_regraded_result_attempt_id", "regraded_result", ["attempt_id"])
    op.create_index("ix_regraded_result_decided_by", "regraded_result", ["decided_by"])
    for name in ("proposed_by", "decided_by"):
        op.create_index(f"ix_regrade_{name}", "regrade", [name])
