"""Supervising a served site: its web workers and its job process, which end with the process that watches them."""

from __future__ import annotations

import ctypes
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from lms.cli.output import say
from lms.cli.serving.web_workers import WebWorkers, adopt, reap_strangers
from lms.foundation.background.heartbeat import note_alive

log = logging.getLogger("lms.serve")

Process = subprocess.Popen[bytes]
# Tells the job process who started it. Not a setting: nobody but `lms serve` sets it.
PARENT = "SIDELIGHT_PARENT"
SET_PARENT_DEATH_SIGNAL = 1
# A job process that ends at once is started again after 1, 2, 4 … seconds; one that lasted a minute, after one.
PAUSE_LEAST, PAUSE_MOST, LASTED_SECONDS = 1.0, 60.0, 60.0
# Web workers of which one ends within a minute are replaced after such a pause as well, at once if none is left.
WEB_PAUSE_MOST = 8.0
# A form that is being sent when the site stops is still answered; gunicorn ends what takes longer than that.
GRACE_SECONDS, STOP_SECONDS = 25, 30
# The status of a web server that said in one line why it cannot start.
TOLD = 78
# A folder in memory: what is counted there costs no disk, and a full one breaks nothing.
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
# Where prometheus-client counts, as in lms/foundation/web/metrics.py, which this process has no use for.
SHARED = "PROMETHEUS_MULTIPROC_DIR"

# Web workers keep the name of the process that loaded the site and forked them.
LOADING = "lms.cli.serving.loading"
# Columns of code, which only mark a place within a line of a traceback, are 1.4 MB in each process.
PYTHON = [sys.executable, "-X", "no_debug_ranges", "-m"]
WEB, JOBS = [*PYTHON, LOADING], [*PYTHON, "lms.cli", "work"]


def parent_in_charge() -> int | None:
    """Return the id of the `lms serve` that started this process; None for `lms work` on its own."""
    return int(os.environ.get(PARENT, "0")) or None


def make_folder() -> str:
    """Return a new folder for this process, and delete those of others that were killed before they could do so."""
    place = IN_MEMORY if os.access(IN_MEMORY, os.W_OK | os.X_OK) else Path(tempfile.gettempdir())
    for folder in place.glob("sidelight-*-*"):
        number = folder.name.split("-")[1]
        if number.isdigit() and not is_running(int(number)):
            shutil.rmtree(folder, ignore_errors=True)
    return tempfile.mkdtemp(prefix=f"sidelight-{os.getpid()}-", dir=place)


def is_running(process: int) -> bool:
    """Return whether there is a process with a number, of whatever account."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _end_with(parent: int) -> Callable[[], None]:
    """Return what a child does before anything else: ask Linux to be stopped when its parent is gone, even by kill -9.

    Elsewhere the job process looks for its parent itself.
    """
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def prepare() -> None:
        if libc is not None:
            libc.prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


@dataclass
class Supervisor:
    """Starts the web workers and the job process of a site, starts again what ends unasked, and stops both.

    Asked to reload (SIGHUP), or when a web worker ended, it has the site loaded again on the same port, and then lets
    the earlier workers finish what they're doing.
    """

    listener: socket.socket
    # The handle of the lock on the data folder: children have it as well, so a site is held until the last is gone.
    held: int | None
    workers: int
    data: Path
    counts: bool
    check: Callable[[], bool]
    _web: WebWorkers | None = None
    _next: WebWorkers | None = None
    _leaving: list[WebWorkers] = field(default_factory=list)
    _web_due: float | None = None
    _web_pause: float = PAUSE_LEAST
    _web_since: float = 0.0
    _started: int = 0
    _jobs: Process | None = None
    _jobs_since: float = 0.0
    _jobs_due: float = 0.0
    _jobs_leave: bool = False
    _pause: float = PAUSE_LEAST
    _folder: str = ""
    _asked: bool = False
    _reloads: bool = False
    _prepare: Callable[[], None] = field(default_factory=lambda: _end_with(os.getpid()))

    def run(self) -> None:
        """Serve until this process is asked to stop; end if the site can't be loaded at all."""
        adopt()
        self._folder = make_folder()
        signal.signal(signal.SIGTERM, _stop_here)
        signal.signal(signal.SIGINT, _stop_here)
        signal.signal(signal.SIGHUP, self._ask_to_reload)
        note_alive(self.data)
        try:
            self._next = self._start_web()
            while True:
                self._watch_web()
                if self._web is not None:
                    self._watch_jobs()
                self._reap_strangers()
                time.sleep(0.1 if self._next else 0.5)
        finally:
            self._stop()
            shutil.rmtree(self._folder, ignore_errors=True)

    def _watch_web(self) -> None:
        """See whether web workers are there, were asked to make room for others, or ended."""
        self._leaving = [workers for workers in self._leaving if not workers.gone()]
        if self._next is not None:
            status = self._next.look()
            if self._next.loaded:
                self._change_over()
            elif status is not None:
                self._not_loaded(status)
        if self._web is not None:
            for status in self._web.reap():
                log.error("a web worker ended with status %s, so new ones are started", status)
                self._replace()
            self._web.end_hanging()
        if self._asked and self._next is None:
            self._asked = False
            self._reload()
        if self._web_due is not None and self._next is None and time.monotonic() >= self._web_due:
            self._web_due = None
            self._next = self._start_web()

    def _ask_to_reload(self, _signal: int, _frame: object) -> None:
        self._asked = True

    def _reload(self) -> None:
        """Have the site loaded beside what runs, unless the database isn't of this version."""
        if not self.check():
            log.error("the site wasn't loaded again; it runs on as it was")
            return
        self._reloads = True
        self._next = self._start_web()

    def _replace(self) -> None:
        """Have workers started in place of those of which one ended: soon, or at once if none is left."""
        now = time.monotonic()
        if self._web is None or not self._web.pids:
            self._web_due = now
        elif self._web_due is None:
            lasted = now - self._web_since >= LASTED_SECONDS
            self._web_pause = 0.0 if lasted else self._longer(self._web_pause)
            self._web_due = now + self._web_pause

    def _not_loaded(self, status: int) -> None:
        """Run on as it was where there's something that runs; stop the site where there never was."""
        self._next = None
        if self._web is None:
            if status != TOLD:
                log.error("the site couldn't be loaded (status %s), so it stops", status)
            raise SystemExit(1 if status in {0, TOLD} else status)
        log.error("the site couldn't be loaded again (status %s), so it runs on as it was", status)
        if not self._reloads:
            # While nobody serves, every second counts.
            self._web_pause = self._longer(self._web_pause) if self._web.pids else PAUSE_LEAST
            self._web_due = time.monotonic() + self._web_pause
        self._reloads = False

    @staticmethod
    def _longer(pause: float) -> float:
        return min(max(PAUSE_LEAST, pause * 2), WEB_PAUSE_MOST)

    def _change_over(self) -> None:
        """Let the web workers that are ready now take over from those before, which end what they began."""
        before, self._web, self._next = self._web, self._next, None
        self._web_due = None
        reloads, self._reloads = self._reloads, False
        self._web_since = time.monotonic()
        if before is None:
            say(f"Sidelight is running on http://{self._address()}. Stop it with Ctrl-C.")
            return
        before.end()
        self._leaving.append(before)
        if not reloads:
            log.warning("new web workers have taken over")
            return
        say("Sidelight was loaded again.")
        if self._jobs is not None:
            # Its lanes end what they are at; `_watch_jobs` starts it again.
            self._jobs.terminate()
            self._jobs_leave = True

    def _address(self) -> str:
        host, port = self.listener.getsockname()[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def _start_web(self) -> WebWorkers:
        """Start a process that loads the site and forks the workers."""
        self._started += 1
        beats = [Path(self._folder, f"beat-{self._started}-{number}") for number in range(self.workers)]
        hears, says = os.pipe()
        command = [*WEB, str(self.listener.fileno()), str(says), *map(str, beats)]
        loader = self._start(command, self.listener.fileno(), says)
        os.close(says)
        return WebWorkers(loader, hears, beats)

    def _reap_strangers(self) -> None:
        """Let go of ended processes that nothing here waits for; while the site loads, not all workers are known."""
        if self._next is None:
            web = [workers.pids for workers in (self._web, *self._leaving) if workers is not None]
            reap_strangers(set().union(*web, [] if self._jobs is None else [self._jobs.pid]))

    def _start_jobs(self) -> None:
        self._jobs, self._jobs_since = self._start(JOBS), time.monotonic()

    def _start(self, command: list[str], *handles: int) -> Process:
        """Start a program. Only the web server gets the port: whoever has it open takes connections."""
        # Each thread would else get an arena of memory of its own, which is never given back.
        own = {PARENT: str(os.getpid())}
        if self.counts:
            own[SHARED] = self._folder
        environment = {"MALLOC_ARENA_MAX": "1", **os.environ, **own}
        files = (*handles, *(() if self.held is None else (self.held,)))
        return subprocess.Popen(command, env=environment, preexec_fn=self._prepare, pass_fds=files)

    def _watch_jobs(self) -> None:
        """Start the job process, and start it again after a pause that doubles while it does not last."""
        if self._jobs is None:
            if time.monotonic() >= self._jobs_due:
                self._start_jobs()
            return
        ended = self._jobs.poll()
        if ended is None:
            return
        if self._jobs_leave:
            self._jobs_leave = False
            self._start_jobs()
            return
        lasted = time.monotonic() - self._jobs_since
        self._pause = PAUSE_LEAST if lasted >= LASTED_SECONDS else min(self._pause, PAUSE_MOST)
        log.error("the job process ended with status %s; restarting it in %.0f s", ended, self._pause)
        self._jobs, self._jobs_due = None, time.monotonic() + self._pause
        self._pause = min(self._pause * 2, PAUSE_MOST)

    def _stop(self) -> None:
        """Close the door, and let everything end what it began."""
        self.listener.close()
        web = [workers for workers in (self._next, self._web, *self._leaving) if workers is not None]
        for workers in web:
            workers.end()
        if self._jobs is not None and self._jobs.poll() is None:
            self._jobs.terminate()
        until = time.monotonic() + STOP_SECONDS
        while time.monotonic() < until:
            web = [workers for workers in web if not workers.gone()]
            if not web and (self._jobs is None or self._jobs.poll() is not None):
                return
            time.sleep(0.05)
        for workers in web:
            workers.end(signal.SIGKILL)
        if self._jobs is not None and self._jobs.poll() is None:
            self._jobs.kill()
            self._jobs.wait()


def _stop_here(_signal: int, _frame: object) -> None:
    raise SystemExit(0)
