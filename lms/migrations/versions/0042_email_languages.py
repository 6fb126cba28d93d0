"""Emails are worded in their reader's language when they're written; old ones are found by an index."""

from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    """Go forward: words that were written in advance, in the language of whoever caused them, are left out."""
    op.create_index("ix_outbox_mail_created_at", "outbox_mail", ["created_at"])
    op.create_index("ix_mail_trouble_noted_at", "mail_trouble", ["noted_at"])
    op.drop_column("waiting_line", "line")
    op.drop_column("roster_import", "language")
