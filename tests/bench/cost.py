"""What requests cost in one process: CPU time, with that of the database's own processes, and statements."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple

from flask import Flask
from sqlalchemy import event, text

from lms.accounts.browser_session import let_in
from lms.accounts.records import find_person_by_email
from lms.app import at_work
from lms.foundation.db import db
from tests.inspector import BASE


class Cost(NamedTuple):
    """What one kind of request costs: the middle of its rounds, in ms, and within how many ms 19 of 20 were done."""

    cpu: float
    p95: float
    statements: int
    size: int


class Once(NamedTuple):
    """What one call took: seconds of CPU, seconds by the clock, statements where they were counted, bytes."""

    used: float
    lasted: float
    statements: int | None
    size: int


class Meter:
    """Measures calls on one app."""

    def __init__(self, app: Flask) -> None:
        with at_work(app):
            self._engine, self._files = db.engine, list[Path]()
            if self._engine.dialect.name == "postgresql":
                # One process for each connection, so that `cpu` sees all that a statement costs.
                name = self._engine.url.database
                db.session.execute(text(f'ALTER DATABASE "{name}" SET max_parallel_workers_per_gather = 0'))
                db.session.commit()
                self._engine.dispose()
                # Not those of autovacuum, which come and go by themselves.
                serving = "datname = current_database() AND backend_type = 'client backend'"
                pids = db.session.scalars(text(f"SELECT pid FROM pg_stat_activity WHERE {serving}"))
                self._files = [Path(f"/proc/{pid}/schedstat") for pid in pids]

    def cpu(self) -> float:
        """Return the CPU seconds used so far; of the database, nanoseconds as Linux counts them (schedstat)."""
        return time.process_time() + sum(int(file.read_text().split()[0]) for file in self._files) / 1e9

    def measure(self, ask: Callable[[int], Any], rounds: int, warm: int = 2) -> Cost:
        """Measure an answer to a request, which is asked with the number of its round; the first rounds don't count."""
        return summed_up([self.once(partial(ask, number), count=number < warm) for number in range(warm + rounds)])

    def once(self, ask: Callable[[], Any], count: bool) -> Once:
        """Return what one call takes; what counts statements slows them down, so that its time says nothing."""
        with self._statements() if count else nullcontext() as asked:
            began, clocked = self.cpu(), time.perf_counter()
            reply = ask()
            content = reply.get_data() if reply is not None else b""
            used, lasted = self.cpu() - began, time.perf_counter() - clocked
        return Once(used, lasted, None if asked is None else len(asked), len(content))

    @contextmanager
    def _statements(self) -> Iterator[list[str]]:
        asked: list[str] = []

        def note(*call: Any) -> None:
            asked.append(call[2])

        event.listen(self._engine, "before_cursor_execute", note)
        try:
            yield asked
        finally:
            event.remove(self._engine, "before_cursor_execute", note)


def summed_up(calls: list[Once]) -> Cost:
    """Return the middle of several calls; those whose statements were counted tell of nothing else."""
    asked = [call.statements for call in calls if call.statements is not None]
    timed = [call for call in calls if call.statements is None]
    late = quantiles([call.lasted for call in timed], n=20)[-1] if len(timed) > 1 else timed[0].lasted
    size = median(call.size for call in timed)
    return Cost(median(call.used for call in timed) * 1000, late * 1000, asked[-1], round(size))


def cookie_of(app: Flask, email: str) -> str:
    """Sign somebody in on a device of their own and return their cookie."""
    with app.test_request_context("/sign-in", base_url=BASE):
        app.preprocess_request()
        found = find_person_by_email(email)
        assert found is not None, email
        reply = app.process_response(let_in(found, True, "/courses"))
    return str(reply.headers["Set-Cookie"].partition(";")[0])
