"""Supervising a served site: web workers and the job process, which end with the process that started them."""

from __future__ import annotations

import ctypes
import errno
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import click

from lms.cli.output import say
from lms.foundation.background.heartbeat import note_alive

log = logging.getLogger("lms.serve")

Process = subprocess.Popen[bytes]
# Tells the job process who started it. Not a setting: nobody but `lms serve` sets it.
PARENT = "SIDELIGHT_PARENT"
SET_PARENT_DEATH_SIGNAL = 1
# A job process that ends at once is started again after 1, 2, 4 … seconds; one that lasted a minute, after one.
PAUSE_LEAST, PAUSE_MOST, LASTED_SECONDS = 1.0, 60.0, 60.0
STOP_SECONDS = 15

# Whom a proxy speaks for is read by the site itself, where LMS_TRUSTED_PROXIES names the proxy.
WEB = [sys.executable, "-m", "gunicorn", "--forwarded-allow-ips=", "--forwarder-headers=", "--preload"]
WEB += ["--worker-class", "lms.foundation.web.server.Worker", "--threads", "4", "--worker-connections", "512"]
WEB += ["--no-control-socket", "--log-level", "warning"]


def parent_in_charge() -> int | None:
    """Return the id of the `lms serve` that started this process; None for `lms work` on its own."""
    return int(os.environ.get(PARENT, "0")) or None


def check_port(host: str, port: int) -> None:
    """Refuse an address on which nothing can listen, before anything is started or changed."""
    try:
        family, kind, _protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError:
        raise click.ClickException(f"--host {host} isn’t an address. An example: --host 0.0.0.0") from None
    with socket.socket(family, kind) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(address)
        except OSError as error:
            raise click.ClickException(_port_words(host, port, error)) from None


def _port_words(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is already in use, perhaps by a site that is still running. Nothing was changed. "
            f"Stop it, or choose another port: PORT={port + 1 if port < 65535 else 8000} lms serve"
        )
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"This account isn’t allowed to use port {port}. Choose one above 1023: PORT=8000 lms serve"
    return f"The site can’t listen on {host}, port {port}: {error.strerror}. An example: --host 127.0.0.1"


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
    """Starts the two programs of a site, starts the job process again when it ends, and stops both."""

    host: str
    port: int
    workers: int
    data: Path
    _web: Process | None = None
    _jobs: Process | None = None
    _jobs_since: float = 0.0
    _jobs_due: float = 0.0
    _pause: float = PAUSE_LEAST
    _prepare: Callable[[], None] = field(default_factory=lambda: _end_with(os.getpid()))

    def run(self) -> None:
        """Serve until the web workers end or this process is asked to stop."""
        signal.signal(signal.SIGTERM, _stop_here)
        signal.signal(signal.SIGINT, _stop_here)
        note_alive(self.data)
        try:
            self._web = self._start(self._web_command())
            self._start_jobs()
            listens = False
            while True:
                ended = self._web.poll()
                if ended is not None:
                    log.error("the web server ended with status %s, so the site stops", ended)
                    raise SystemExit(ended or 1)
                if not listens and self._answers():
                    listens = True
                    say(f"Sidelight is running on http://{self._address()}. Stop it with Ctrl-C.")
                self._watch_jobs()
                time.sleep(0.1 if not listens else 0.5)
        finally:
            self._stop()

    def _address(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def _web_command(self) -> list[str]:
        return [*WEB, "--bind", self._address(), "--workers", str(self.workers), "lms.app:create_served_app()"]

    def _start(self, command: list[str]) -> Process:
        # Each thread would else get an arena of memory of its own, which is never given back.
        environment = {"MALLOC_ARENA_MAX": "1", **os.environ, PARENT: str(os.getpid())}
        return subprocess.Popen(command, env=environment, preexec_fn=self._prepare)

    def _answers(self) -> bool:
        """Return whether somebody listens: the web server takes the port once the site is loaded."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - asked, not listened on
        try:
            socket.create_connection((host, self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def _start_jobs(self) -> None:
        self._jobs, self._jobs_since = self._start([sys.executable, "-m", "lms.cli", "work"]), time.monotonic()

    def _watch_jobs(self) -> None:
        """Start the job process again after a pause that doubles while it does not last."""
        if self._jobs is None:
            if time.monotonic() >= self._jobs_due:
                self._start_jobs()
            return
        ended = self._jobs.poll()
        if ended is None:
            return
        lasted = time.monotonic() - self._jobs_since
        self._pause = PAUSE_LEAST if lasted >= LASTED_SECONDS else min(self._pause, PAUSE_MOST)
        log.error("the job process ended with status %s; restarting it in %.0f s", ended, self._pause)
        self._jobs, self._jobs_due = None, time.monotonic() + self._pause
        self._pause = min(self._pause * 2, PAUSE_MOST)

    def _stop(self) -> None:
        running = [process for process in (self._web, self._jobs) if process is not None]
        for process in running:
            if process.poll() is None:
                process.terminate()
        for process in running:
            try:
                process.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _stop_here(_signal: int, _frame: object) -> None:
    raise SystemExit(0)
