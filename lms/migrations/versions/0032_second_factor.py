"""The second step at sign-in, proof on sign-ins, and changes of email address."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go forward: nobody has a second factor yet, and staff are asked for one from their next sign-in on."""
    op.add_column("person", sa.Column("second_factor_at", MOMENT))
    op.add_column("person", sa.Column("second_factor_asked_at", MOMENT))
    op.add_column("sign_in", sa.Column("proven_at", MOMENT))
    op.create_table(
        "authenticator_app",
        sa.Column("person_id", sa.String(), sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("sealed_secret", sa.String(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_table(
        "recovery_code",
        sa.Column("code_sha256", sa.String(), primary_key=True),
        sa.Column("person_id", sa.String(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_index("ix_recovery_code_person_id", "recovery_code", ["person_id"])
    op.create_table(
        "passkey",
        sa.Column("credential_id", sa.String(), primary_key=True),
        sa.Column("public_id", sa.String(), nullable=False, unique=True),
        sa.Column("person_id", sa.String(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_used_at", MOMENT),
    )
    op.create_index("ix_passkey_person_id", "passkey", ["person_id"])
    op.create_table(
        "used_challenge",
        sa.Column("challenge_sha256", sa.String(), primary_key=True),
        sa.Column("used_at", MOMENT, nullable=False),
    )
    op.create_table(
        "email_change",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("person_id", sa.String(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("old_email", sa.String(), nullable=False),
        sa.Column("new_email", sa.String(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT),
        sa.Column("ended_at", MOMENT),
    )
    op.create_index("ix_email_change_person_id", "email_change", ["person_id"])
