"""What people do with their own account."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Go forward."""
