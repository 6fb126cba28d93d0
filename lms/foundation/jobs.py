"""The job queue: a row says what must be done, a job is only the push, and a sweep redoes what is undone."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import current_app

from lms.foundation.db import after_commit

log = logging.getLogger("lms.jobs")

Work = Callable[[str], object]
Sweep = Callable[[], object]
Enter = Callable[[], AbstractContextManager[object]]


class Jobs:
    """A queue with named kinds of work, and sweeps that run each minute."""

    def __init__(self, data: Path, work: dict[str, Work], sweeps: list[Sweep], enter: Enter) -> None:
        self._data, self._work, self._sweeps, self._enter = data, work, sweeps, enter

    @cached_property
    def _queue(self) -> tuple[Any, Callable[[str, str], object]]:
        """The queue and its one task; a web worker that never pushes does not carry the library."""
        from huey import SqliteHuey, crontab

        self._data.mkdir(parents=True, exist_ok=True)
        queue = SqliteHuey("sidelight", filename=str(self._data / "jobs.db"), fsync=False, results=False)
        queue.periodic_task(crontab(minute="*"), name="sweep")(self.sweep)
        return queue, queue.task(name="work")(self._run)

    def _run(self, kind: str, key: str) -> None:
        with self._enter():
            self._work[kind](key)

    def sweep(self) -> None:
        """Do whatever is still undone; one sweep that stumbles does not stop the next."""
        for undone in self._sweeps:
            with self._enter():
                try:
                    undone()
                except Exception:
                    log.exception("a sweep stumbled; it comes round again in a minute")

    def push(self, kind: str, key: str) -> None:
        """Ask the job process to do one piece of work soon; the row behind it makes up for a lost push."""
        try:
            _queue, task = self._queue
            task(kind, key)
        except Exception:
            log.exception("a push was lost; the sweep will do the work")

    def consume(self) -> None:
        """Work until asked to stop."""
        self.sweep()
        queue, _task = self._queue
        queue.create_consumer(workers=1, periodic=True, initial_delay=0.05, max_delay=1.0).run()


def push(kind: str, key: str) -> None:
    """Push a job once the present write is kept."""
    jobs: Any = current_app.extensions["lms_jobs"]
    after_commit(lambda: jobs.push(kind, key))
