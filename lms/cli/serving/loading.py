"""What gunicorn calls to load a site, before anything else of it is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lms.cli.lazy import rare_collections

if TYPE_CHECKING:
    from flask import Flask


def load() -> Flask:
    """Return the app to serve; looking for garbage meanwhile would find none and take a ninth of the time."""
    with rare_collections():
        # Imported here, because importing is most of what there is to do.
        from lms.cli.serving.served_app import create_served_app

        return create_served_app()
