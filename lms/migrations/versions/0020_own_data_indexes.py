"""Indexes on whom emails went to and whose names were confirmed: a person's own data is found without a scan."""

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Go forward."""
    op.create_index("ix_outbox_mail_recipient", "outbox_mail", ["recipient"])
    op.create_index("ix_name_confirmation_person_id", "name_confirmation", ["person_id"])
