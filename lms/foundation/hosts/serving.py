"""What says on PostgreSQL that a site is served: each connection of a web worker, besides those of job processes."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError

from lms.foundation.background.leading import SERVED
from lms.foundation.db import db


def count_as_serving(app: Flask) -> None:
    """Have each new connection of an app say that the site is served, and wait while it's migrated.

    A host counts as serving while its job process is started again, too. SQLite has one host, whose data folder is
    locked.
    """
    with app.app_context():
        engine = db.engine
    if engine.dialect.name != "postgresql":
        return

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.autocommit = True
        connection.execute("SELECT pg_advisory_lock_shared(%s)", (SERVED,))
        connection.autocommit = False


def say_so_at_once(app: Flask) -> None:
    """Open a web worker's first connection, which no request may need for hours; without a database, a request will."""
    with app.app_context(), suppress(SQLAlchemyError):
        if db.engine.dialect.name == "postgresql":
            db.engine.connect().close()
