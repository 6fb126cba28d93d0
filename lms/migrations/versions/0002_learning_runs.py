"""Practice runs, and which replies are met."""

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Go forward."""
