"""Indexes by which pages and sweeps find a few rows among any number, and invitations by address in small letters."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"

PLAIN = {
    "ix_offering_open": ("offering", ["course_id", "open_reading", "position", "id"]),
    "ix_consent_purpose": ("consent", ["purpose", "given", "person_id"]),
    "ix_sign_in_created_at": ("sign_in", ["created_at"]),
    "ix_password_link_expires_at": ("password_link", ["expires_at"]),
    "ix_email_change_asked_at": ("email_change", ["asked_at"]),
    "ix_invitation_address": ("invitation", ["email"]),
    "ix_invitation_expires_at": ("invitation", ["expires_at"]),
    "ix_used_challenge_used_at": ("used_challenge", ["used_at"]),
    "ix_misses_since": ("misses", ["since"]),
    "ix_document_timestamp": ("document", ["award_id", "timestamp"]),
    "ix_document_stored_at": ("document", ["timestamp", "stored_at"]),
    "ix_enrolment_line": ("enrolment", ["course_id", "minor_line", "id"]),
    "ix_remark_place": ("remark", ["programme_id", "course_id", "lesson_id"]),
    "ix_remark_answer_place": ("remark_answer", ["course_id", "lesson_id"]),
    "ix_regrade_state": ("regrade", ["state"]),
    "ix_refresher_next_on": ("refresher", ["next_on"]),
    "ix_account_ending_deletes_on": ("account_ending", ["deletes_on"]),
}
# Each holds only the rows that meet a condition, in the words of SQLite.
PARTIAL = {
    "ix_assignment_mail_unsent": ("assignment_mail", ["id"], "ended_at IS NULL"),
    "ix_assignment_extension_waiting": ("assignment_extension", ["asked_at"], "answered_at IS NULL"),
    "ix_talk_run_debrief_at": ("talk_run", ["debrief_at"], "debrief_at IS NOT NULL"),
    "ix_outbox_mail_waiting": ("outbox_mail", ["not_before"], "sent_at IS NULL"),
    "ix_outbox_mail_about": ("outbox_mail", ["about"], "about IS NOT NULL"),
    "ix_person_operator": ("person", ["id"], "operator = 1"),
    "ix_person_disabled_at": ("person", ["disabled_at"], "disabled_at IS NOT NULL"),
    "ix_member_left_at": ("member", ["programme_id", "left_at"], "left_at IS NOT NULL"),
    "ix_award_ends": ("award", ["valid_until", "id"], "current_for IS NOT NULL"),
    "ix_award_ends_in": ("award", ["programme_id", "valid_until", "id"], "current_for IS NOT NULL"),
    "ix_award_unconfirmed": ("award", ["programme_id", "id"], "name_waits_since IS NOT NULL"),
    "ix_award_waiting": ("award", ["course_id"], "waiting IS 1"),
    "ix_award_waiting_in": ("award", ["programme_id"], "waiting IS 1"),
    "ix_membership_staff": ("membership", ["person_id"], "role <> 'learner'"),
}
IN_POSTGRESQL = {"operator = 1": "operator", "waiting IS 1": "waiting IS true"}


def upgrade() -> None:
    """Go forward: indexes alone, and addresses of invitations as they are stored and compared since long ago."""
    for name, (table, columns) in PLAIN.items():
        op.create_index(name, table, columns)
    for name, (table, columns, condition) in PARTIAL.items():
        where = sa.text(IN_POSTGRESQL.get(condition, condition))
        op.create_index(name, table, columns, sqlite_where=sa.text(condition), postgresql_where=where)
    op.execute("UPDATE invitation SET email = lower(email) WHERE email <> lower(email)")
    op.drop_index("ix_observation_pending", "observation")
    op.create_index("ix_observation_pending", "observation", ["programme_id", "pending", "id"])
    op.drop_index("ix_offering_course_id", "offering")
    op.drop_index("ix_outbox_mail_not_before", "outbox_mail")
