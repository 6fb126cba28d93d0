"""The job process: a row says what must be done, a push only says so sooner, and a sweep redoes what is undone."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path

from lms.foundation.background.heartbeat import note_alive
from lms.foundation.background.leading import FolderLeading, SharedLeading
from lms.foundation.background.memory import find_memory
from lms.foundation.background.own_connection import OwnConnection
from lms.foundation.background.queue import JobQueue
from lms.foundation.background.shared_queue import SharedQueue
from lms.foundation.db import after_commit
from lms.foundation.per_app import provided
from lms.foundation.storage.elsewhere import FilesAway
from lms.foundation.turns import OnlyRead, log_trouble

log = logging.getLogger("lms.jobs")

Work = Callable[[str], object]
Sweep = Callable[[], object]
Enter = Callable[[], AbstractContextManager[object]]

SWEEP_SECONDS = 60.0
# How often a job process asks whether it leads, so how long a lane has no leader after its process has gone.
LEAD_SECONDS = 1.0
IDLE_LEAST, IDLE_MOST = 0.05, 1.0
TROUBLE_MOST = 60.0
# How often a lane asks whether a database that can only be read can be written again.
ONLY_READ_SECONDS = 5.0
STOP_SECONDS = 10.0
# A single piece of work takes seconds; after this long its worker hangs.
PIECE_SECONDS = 900.0
# A job process restarts itself if it has had nothing to do for this long and uses this much more memory than at its
# start. The libraries for PDFs take 80 MB, and Python can't unload them.
REST_SECONDS, REST_BYTES = 600.0, 24 * 1024 * 1024


@dataclass(frozen=True)
class Lane:
    """What one worker does, in a thread of its own, so that what holds it up holds up no other.

    Of all the hosts of a site, one leads a lane and does its sweeps and its work. What every host does for itself is
    among `here`. Work of a kind that is `anywhere` is done by whichever host takes it first.
    """

    name: str
    work: Mapping[str, Work]
    sweeps: Sequence[Sweep]
    here: Sequence[Sweep] = ()
    anywhere: Sequence[str] = ()


class Jobs:
    """Lanes of work with the queue that they share: a file, or a table of a PostgreSQL database."""

    def __init__(self, data: Path, lanes: Sequence[Lane], enter: Enter, database_url: str = "") -> None:
        self._data, self._lanes, self._enter = data, lanes, enter
        self._lane_of = {kind: lane.name for lane in lanes for kind in lane.work}
        self._queue: JobQueue | SharedQueue = JobQueue(data / "jobs.db")
        self._leading: FolderLeading | SharedLeading = FolderLeading(data)
        if database_url.startswith("postgresql"):
            connection = OwnConnection(database_url)
            self._queue, self._leading = SharedQueue(connection), SharedLeading(connection)
        self._led: set[str] = set()
        self._busy_since: dict[str, float] = {}
        # Lanes that found that PostgreSQL can only be read, and wait until it can be written again.
        self._only_read: set[str] = set()
        self._only_read_lock = threading.Lock()
        self._asked_at = 0.0

    def sweep(self) -> None:
        """Do whatever is still undone, in all lanes, whoever leads them."""
        for lane in self._lanes:
            self._only_read.discard(lane.name)
            self._sweep(lane, leads=True)

    def _sweep(self, lane: Lane, *, leads: bool) -> None:
        for undone in (*lane.here, *(lane.sweeps if leads else ())):
            if lane.name not in self._only_read:
                self._do(lane, undone)

    def _look_who_leads(self, lane: Lane) -> bool:
        """Return whether this process leads a lane; nobody does while the database doesn't answer."""
        try:
            leads = self._leading.leads(lane.name)
        except Exception:
            log.exception("nobody can say who leads the lane %s; it waits", lane.name)
            leads = False
        (self._led.add if leads else self._led.discard)(lane.name)
        return leads

    def may_continue(self, name: str) -> bool:
        """Return whether the work of a lane may continue: another host may have taken it over in the meantime."""
        return name not in self._led or self._look_who_leads(next(lane for lane in self._lanes if lane.name == name))

    def only_one(self, kind: str, key: str) -> AbstractContextManager[bool]:
        """Lock a piece of work that any host may do; the value is False if another process has locked it."""
        return self._leading.only_one(kind, key)

    def close(self) -> None:
        """Close the queue, and release all locks."""
        self._queue.close()
        self._leading.close()

    def _do(self, lane: Lane, piece: Callable[[], object]) -> None:
        """Do one piece of work; one that fails does not stop the next, and comes round again with the sweep."""
        self._busy_since[lane.name] = time.monotonic()
        try:
            with self._enter():
                piece()
        except OnlyRead:
            self._wait_to_write(lane)
        except FilesAway as away:
            log.warning("a job waits for the shared files; it is done with a later sweep: %s", away)
        except Exception as trouble:
            log_trouble(log, "a job failed; it is done again with the next sweep, within a minute", trouble)
        finally:
            self._busy_since.pop(lane.name, None)

    def _wait_to_write(self, lane: Lane) -> None:
        with self._only_read_lock:
            if not self._only_read:
                log.error("the database can only be read for now; jobs wait until it can be written again")
            self._only_read.add(lane.name)

    def _can_write_again(self, lane: Lane) -> bool:
        try:
            if not self._queue.can_write():
                return False
        except Exception:
            return False  # which the lane says itself when it looks who leads it
        with self._only_read_lock:
            self._only_read.discard(lane.name)
            if not self._only_read:
                log.warning("the database can be written again; jobs continue")
        return True

    def count_pushes(self) -> dict[str, float]:
        """Return how many pushes wait in each lane; none at all if the queue can't be read."""
        try:
            found = self._queue.count()
        except Exception:
            log.exception("the job queue cannot be counted")
            return {}
        return {lane.name: found.get(lane.name, 0) for lane in self._lanes}

    def push(self, kind: str, key: str) -> None:
        """Ask the job process to do one piece of work soon; the row behind it makes up for a lost push."""
        try:
            self._queue.push(self._lane_of[kind], kind, key)
        except Exception as trouble:
            log_trouble(log, "a push was lost; the sweep will do the work", trouble)

    def consume(self, parent: int | None = None) -> bool:
        """Work until asked to stop, or until the process that started this one is gone.

        Return True when this process should start over instead, to give memory back.
        """
        stop, asked_to_stop = threading.Event(), threading.Event()

        def ask_to_stop(_signal: int, _frame: object) -> None:
            asked_to_stop.set()
            stop.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, ask_to_stop)
        at_first, starts_over = find_memory(), False
        self._asked_at = time.monotonic()
        with suppress(Exception):
            self._queue.forget_others([lane.name for lane in self._lanes])
        threads = [threading.Thread(target=self._work_on, args=(lane, stop), daemon=True) for lane in self._lanes]
        for thread in threads:
            thread.start()
        while not stop.wait(1.0):
            if parent is not None and os.getppid() != parent:
                break
            if all(thread.is_alive() for thread in threads) and not self._hangs():
                note_alive(self._data)
            if self._rests() and find_memory() > at_first + REST_BYTES:
                starts_over = True
                break
        stop.set()
        until = time.monotonic() + STOP_SECONDS
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))
        for number in (signal.SIGTERM, signal.SIGINT):
            # From here on a signal ends the process at once, so that none is lost while it restarts.
            signal.signal(number, signal.SIG_DFL)
        return starts_over and not asked_to_stop.is_set()

    def _rests(self) -> bool:
        return not self._busy_since and time.monotonic() - self._asked_at > REST_SECONDS

    def _hangs(self) -> bool:
        """Decide whether the lane that makes certificates is stuck; the one for mail may wait for its server."""
        since = self._busy_since.get(self._lanes[0].name)
        return since is not None and time.monotonic() - since > PIECE_SECONDS

    def _work_on(self, lane: Lane, stop: threading.Event) -> None:
        """Sweep each minute and do what is pushed meanwhile; after trouble with the queue wait longer each time."""
        next_look, next_sweep, idle, trouble, leads = 0.0, 0.0, IDLE_LEAST, 1.0, False
        while not stop.is_set():
            if lane.name in self._only_read:
                if not self._can_write_again(lane):
                    stop.wait(ONLY_READ_SECONDS)
                    continue
                next_sweep = 0.0
            if time.monotonic() >= next_look:
                led, leads = leads, self._look_who_leads(lane)
                next_look = time.monotonic() + LEAD_SECONDS
                # Whoever led before may have left something undone.
                next_sweep = 0.0 if leads and not led else next_sweep
            if time.monotonic() >= next_sweep:
                self._sweep(lane, leads=leads)
                next_sweep = time.monotonic() + SWEEP_SECONDS
            try:
                found = self._queue.take(lane.name, None if leads else lane.anywhere)
            except OnlyRead:
                self._wait_to_write(lane)
                continue
            except Exception:
                log.exception("the job queue cannot be read; the sweep continues without it")
                stop.wait(trouble)
                trouble = min(trouble * 2, TROUBLE_MOST)
                continue
            trouble = 1.0
            if found is None:
                stop.wait(idle)
                idle = min(idle * 1.15, IDLE_MOST)
            elif found[0] in lane.work:
                idle = IDLE_LEAST
                kind, key = found
                self._do(lane, lambda: lane.work[kind](key))  # noqa: B023 - done before the next round
                self._asked_at = time.monotonic()


def push(kind: str, key: str = "") -> None:
    """Push a job once the present write is kept; without a key, it takes everything of its kind that waits."""
    jobs = provided(Jobs)
    after_commit(lambda: jobs.push(kind, key))
