"""Supervising a served site: web workers and the job process, which end with the process that started them."""

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
from lms.cli.serving.listening import Readiness
from lms.foundation.background.heartbeat import note_alive

log = logging.getLogger("lms.serve")

Process = subprocess.Popen[bytes]
# Tells the job process who started it. Not a setting: nobody but `lms serve` sets it.
PARENT = "SIDELIGHT_PARENT"
SET_PARENT_DEATH_SIGNAL = 1
# A job process that ends at once is started again after 1, 2, 4 … seconds; one that lasted a minute, after one.
PAUSE_LEAST, PAUSE_MOST, LASTED_SECONDS = 1.0, 60.0, 60.0
# A form that is being sent when the site stops is still answered; gunicorn ends what takes longer than that.
GRACE_SECONDS, STOP_SECONDS = 25, 30
# The status of a web server that said in one line why it cannot start.
TOLD = 78
# A folder in memory: what is counted there costs no disk, and a full one breaks nothing.
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
# Where prometheus-client counts, as in lms/foundation/web/metrics.py, which this process has no use for.
SHARED = "PROMETHEUS_MULTIPROC_DIR"

# Whom a proxy speaks for is read by the site itself, where LMS_TRUSTED_PROXIES names the proxy.
# Columns of code, which only mark a place within a line of a traceback, are 1.4 MB in each process.
WEB = [sys.executable, "-X", "no_debug_ranges", "-m", "gunicorn", "--preload"]
WEB += ["--forwarded-allow-ips=", "--forwarder-headers="]
WEB += ["--worker-class", "lms.foundation.web.server.Worker", "--threads", "4", "--worker-connections", "512"]
WEB += ["--no-control-socket", "--log-level", "warning", "--graceful-timeout", str(GRACE_SECONDS)]
WEB += ["--logger-class", "lms.foundation.web.server_log.ServerLog"]
SERVED = "lms.cli.serving.loading"


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
    """Starts the two programs of a site, starts the job process again when it ends, and stops both.

    Asked to reload (SIGHUP), it starts another web server on the same port, and then stops the one before.
    """

    listener: socket.socket
    # The handle of the lock on the data folder: children have it as well, so a site is held until the last is gone.
    held: int | None
    workers: int
    data: Path
    counts: bool
    check: Callable[[], bool]
    _web: Process | None = None
    _next: Process | None = None
    _leaving: list[Process] = field(default_factory=list)
    _jobs: Process | None = None
    _jobs_since: float = 0.0
    _jobs_due: float = 0.0
    _jobs_leave: bool = False
    _pause: float = PAUSE_LEAST
    _folder: str = ""
    _asked: bool = False
    _prepare: Callable[[], None] = field(default_factory=lambda: _end_with(os.getpid()))

    def run(self) -> None:
        """Serve until the web workers end or this process is asked to stop."""
        self._folder = make_folder()
        signal.signal(signal.SIGTERM, _stop_here)
        signal.signal(signal.SIGINT, _stop_here)
        signal.signal(signal.SIGHUP, self._ask_to_reload)
        note_alive(self.data)
        ready = Readiness(self._folder)
        try:
            self._web = self._next = self._start_web()
            while True:
                self._watch_web(ready)
                if self._next is not self._web:
                    self._watch_jobs()
                time.sleep(0.1 if self._next else 0.5)
        finally:
            self._stop()
            ready.close()
            shutil.rmtree(self._folder, ignore_errors=True)

    def _watch_web(self, ready: Readiness) -> None:
        """See whether the web server is there, was asked to make room for another one, or ended."""
        self._leaving = [process for process in self._leaving if process.poll() is None]
        if self._next and ready.heard():
            self._change_over()
        if self._next and self._next is not self._web and self._next.poll() is not None:
            log.error("the site couldn't be loaded again (status %s), so it runs on as it was", self._next.poll())
            self._next = None
        if self._asked and self._next is None:
            self._asked = False
            self._reload(ready)
        ended = self._web.poll() if self._web else None
        if ended == TOLD:
            raise SystemExit(1)
        if ended is not None:
            log.error("the web server ended with status %s, so the site stops", ended)
            raise SystemExit(ended or 1)

    def _ask_to_reload(self, _signal: int, _frame: object) -> None:
        self._asked = True

    def _reload(self, ready: Readiness) -> None:
        """Start another web server beside the one that runs, unless the database isn't of this version."""
        if not self.check():
            log.error("the site wasn't loaded again; it runs on as it was")
            return
        ready.forget()
        self._next = self._start_web()

    def _change_over(self) -> None:
        """Let the web server that is ready now take over from the one before, which ends what it began."""
        before, self._web, self._next = self._web, self._next, None
        if before is self._web:
            say(f"Sidelight is running on http://{self._address()}. Stop it with Ctrl-C.")
            return
        say("Sidelight was loaded again.")
        if before is not None:
            before.terminate()
            self._leaving.append(before)
        if self._jobs is not None:
            # Its lanes end what they are at; `_watch_jobs` starts it again.
            self._jobs.terminate()
            self._jobs_leave = True

    def _address(self) -> str:
        host, port = self.listener.getsockname()[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def _web_command(self) -> list[str]:
        bound = f"fd://{self.listener.fileno()}"
        own = ["--config", f"python:{SERVED}", "--bind", bound, "--workers", str(self.workers)]
        return [*WEB, *own, f"{SERVED}:load()"]

    def _start_web(self) -> Process:
        return self._start(self._web_command(), self.listener.fileno())

    def _start_jobs(self) -> None:
        self._jobs, self._jobs_since = self._start([sys.executable, "-m", "lms.cli", "work"]), time.monotonic()

    def _start(self, command: list[str], *handles: int) -> Process:
        """Start a program. Only the web server gets the port: whoever has it open takes connections."""
        # Each thread would else get an arena of memory of its own, which is never given back.
        own = {PARENT: str(os.getpid()), "NOTIFY_SOCKET": f"{self._folder}/ready"}
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
        found = [self._next, self._web, *self._leaving, self._jobs]
        running = [process for process in found if process is not None]
        for process in running:
            if process.poll() is None:
                process.terminate()
        until = time.monotonic() + STOP_SECONDS
        for process in running:
            try:
                process.wait(timeout=max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _stop_here(_signal: int, _frame: object) -> None:
    raise SystemExit(0)
