"""Names that certificates cannot print."""

from __future__ import annotations

from flask import current_app


def unprintable(name: str) -> tuple[str, ...]:
    """Return the whole letters of a name that certificates cannot show, as the room above tells."""
    found: tuple[str, ...] = current_app.extensions["lms_unprintable"](name)
    return found
