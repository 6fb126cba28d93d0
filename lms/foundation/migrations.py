"""Migrations: bringing a database to the tables this version knows."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from lms.foundation.db import db


def upgrade(app: Flask) -> None:
    """Run every migration that a database has not seen."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).resolve().parent.parent / "migrations"))
    with app.app_context(), db.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
