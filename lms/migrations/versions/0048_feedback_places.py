"""The heading that feedback on a lesson is about, and the week of a reply to it."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"


def upgrade() -> None:
    """Go forward: feedback so far is about the whole lesson, and a reply's week is that of its day."""
    op.add_column("remark", sa.Column("heading", sa.String(), nullable=False, server_default=""))
    op.add_column("remark_answer", sa.Column("week", sa.String(), nullable=False, server_default=""))
    replies = sa.table("remark_answer", sa.column("answered_on", sa.Date()), sa.column("week", sa.String()))
    connection = op.get_bind()
    for day in connection.scalars(sa.select(replies.c.answered_on).distinct()).all():
        year, week, _weekday = day.isocalendar()
        same_day = sa.update(replies).where(replies.c.answered_on == day)
        connection.execute(same_day.values(week=f"{year}-W{week:02}"))
