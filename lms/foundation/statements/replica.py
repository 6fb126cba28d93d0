"""A read replica for reports: lists and files of many people are read there, and nothing that was just saved is missed.

The replica is asked only once it has everything that the database itself had when the page was asked for. So a report
isn't older than its request, whoever saved something last, and nothing depends on how far behind replicas are.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Literal, TypeVar, cast

from flask import Flask
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from lms.foundation.db import POSTGRES_WAITS, db, reads_at
from lms.foundation.logs import redaction
from lms.foundation.logs.slow_statements import SlowStatements
from lms.foundation.per_app import provide, provided

log = logging.getLogger("lms.replica")
View = TypeVar("View", bound=Callable[..., Any])

# How long a report waits for the replica, and for how long the replica is left alone after it waited in vain.
WAIT_SECONDS, PAUSE_SECONDS, REST_SECONDS = 1.0, 0.02, 10.0
READ_ONLY = "-c default_transaction_read_only=on"
# Which server's data this is, and which of its databases; both are the same on its replicas.
_ORIGIN = "(SELECT system_identifier FROM pg_control_system()), oid FROM pg_database WHERE datname = current_database()"
_SAVED = text(f"SELECT CAST(pg_current_wal_lsn() AS text), {_ORIGIN}")
_REACHED = text(f"SELECT pg_last_wal_replay_lsn() >= CAST(:saved AS pg_lsn), {_ORIGIN}")
_AGE = text("SELECT clock_timestamp() - pg_last_xact_replay_timestamp()")


class Replica:
    """The replica that LMS_REPORTS_DATABASE_URL names, if it names one."""

    def __init__(self, engine: Engine | None) -> None:
        self.engine = engine
        self._rests_until = 0.0

    def caught_up(self) -> Engine | None:
        """Return the replica once it has all that was saved until now; None where that takes too long or there's none.

        It must be called inside the app.
        """
        if self.engine is None or time.monotonic() < self._rests_until:
            return None
        try:
            behind = self.look()
        except DBAPIError as error:
            self.rest(f"doesn’t answer ({type(error.orig).__name__})")
            return None
        if behind is None:
            return self.engine
        self.rest("isn’t a replica" if behind == "no replica" else f"is {behind.total_seconds():.0f} seconds behind")
        return None

    def look(self) -> timedelta | Literal["no replica"] | None:
        """Wait for the replica for a moment; return by how much it's behind then, or None when it isn't.

        The replica of another database is no replica: its reports would show the people of another site.

        It must be called inside the app, where there's a replica; it raises DBAPIError where that doesn't answer.
        """
        assert self.engine is not None
        saved, *origin = db.session.execute(_SAVED).one()
        until = time.monotonic() + WAIT_SECONDS
        with self.engine.connect() as connection:
            while True:
                reached, *theirs = connection.execute(_REACHED, {"saved": saved}).one()
                if reached is None or theirs != origin:
                    return "no replica"
                if reached:
                    return None
                if time.monotonic() > until:
                    return connection.execute(_AGE).scalar_one() or timedelta(0)
                time.sleep(PAUSE_SECONDS)

    def rest(self, why: str) -> None:
        """Leave the replica alone for a while."""
        self._rests_until = time.monotonic() + REST_SECONDS
        log.warning("the replica for reports %s; reports are read from the database itself meanwhile", why)


def connect_replica(app: Flask, url: str) -> None:
    """Give an app the replica of an address; without one it has none."""
    engine = None
    if url:
        waits = {**POSTGRES_WAITS, "options": READ_ONLY, **provided(SlowStatements, app).connect_args(url)}
        engine = create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=waits)
        redaction.hide_values(engine)
    provide(app, Replica(engine))


def read_at_replica(view: View) -> View:
    """Let a view that shows a report read at the replica, and at the database itself where the replica can't be used.

    What it writes goes to the database itself. Should the replica stop answering on the way, the view runs once more.
    """

    @wraps(view)
    def shown(**arguments: Any) -> Any:
        replica = provided(Replica)
        engine = replica.caught_up()
        if engine is None:
            return view(**arguments)
        token = reads_at.set(engine)
        try:
            return view(**arguments)
        except DBAPIError as error:
            replica.rest(f"stopped answering ({type(error.orig).__name__})")
            db.session.rollback()
        finally:
            reads_at.reset(token)
        return view(**arguments)

    return cast(View, shown)
