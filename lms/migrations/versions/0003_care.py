"""Looks and lines of support."""

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Go forward."""
