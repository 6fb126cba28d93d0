"""What a write on PostgreSQL sends without asking for rows waits for the next question and shares its round trip."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from lms.foundation.logs.redaction import take_values_out
from lms.foundation.logs.slow_statements import SLOW_SECONDS, SlowStatements
from lms.foundation.per_app import provided


@dataclass
class Pipeline:
    """What a write has still to send, in order, as the driver takes it: SQL and values.

    Everything else that goes over its connection must be preceded by `send`. What the server refuses is raised there.
    """

    connection: Connection
    waiting: list[tuple[str, Any]] = field(default_factory=list)

    def send(self, *, commit: bool = False) -> list[Any]:
        """Send what waits in one round trip, and the commit with it; return the rows of the last statement."""
        sent, self.waiting = self.waiting, []
        if commit:
            sent.append(("COMMIT", None))
        known = self.connection.dialect.loaded_dbapi.Error
        began = time.perf_counter()
        try:
            last = _run(self.connection.connection.dbapi_connection, sent, known)
        except known as error:
            take_values_out(error)
            # Whether the connection is gone is seen when the write is taken back.
            raise DBAPIError.instance(_as_text(sent), None, error, known, hide_parameters=True) from error
        seconds = time.perf_counter() - began
        if seconds >= SLOW_SECONDS:
            provided(SlowStatements).note(_as_text(sent), seconds)
        return last.fetchall() if last.description else []


def _run(driver: Any, statements: list[tuple[str, Any]], known: type[Exception]) -> Any:
    """Return the cursor of the last of some statements, which are sent without waiting for the answers in between."""
    if len(statements) == 1:
        return driver.execute(*statements[0], prepare=True)
    with driver.pipeline() as pipeline:
        try:
            cursors = [driver.execute(*statement, prepare=True) for statement in statements]
        except known:
            # The answers to the others say only that they weren't run.
            with suppress(known):
                pipeline.sync()
            raise
    return cursors[-1]


def _as_text(sent: list[tuple[str, Any]]) -> str:
    return "; ".join(dict.fromkeys(sql for sql, _values in sent))
