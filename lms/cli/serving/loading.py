"""The process that loads the site, forks the web workers and ends: workers share the memory that they don't change."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from gunicorn import sock
from gunicorn.app.base import BaseApplication

from lms.cli.lazy import rare_collections
from lms.cli.serving.listening import listen
from lms.cli.serving.supervising import GRACE_SECONDS, TOLD
from lms.cli.serving.web_workers import ADOPTS

if TYPE_CHECKING:
    from flask import Flask

# Whom a proxy speaks for is read by the site itself, where LMS_TRUSTED_PROXIES names the proxy.
SETTINGS: dict[str, Any] = {
    "threads": 4,
    "worker_connections": 512,
    "graceful_timeout": GRACE_SECONDS,
    "loglevel": "warning",
    "logger_class": "lms.foundation.web.server_log.ServerLog",
    "forwarded_allow_ips": "",
    "forwarder_headers": "",
}


class Heartbeat:
    """A worker's file: its time says when the worker was last seen going round its loop."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)
        self.notify()

    def notify(self) -> None:
        """Note that the worker is alive, by the clock that nobody can set."""
        now = time.monotonic()
        os.utime(self._file.fileno(), (now, now))

    def fileno(self) -> int:
        """Return the handle of the file."""
        return self._file.fileno()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class Served(BaseApplication):
    """The site as gunicorn's workers serve it, with the settings that are ours."""

    def __init__(self, app: Flask, handle: int) -> None:
        self._app, self._handle = app, handle
        super().__init__()

    def load_config(self) -> None:
        """Take our settings, and nothing from a file or the environment."""
        for name, value in {**SETTINGS, "bind": f"fd://{self._handle}"}.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Return the site."""
        return self._app


def load() -> Flask:
    """Return the app to serve. Garbage collection is off meanwhile: it would find none and take a ninth of the time."""
    with rare_collections():
        # Imported here, because importing is most of what there is to do.
        from lms.cli.serving.served_app import create_served_app

        return create_served_app()


def serve(handle: int, says: int, beats: list[Path]) -> None:
    """Load the site, then open the port, fork a worker for each heartbeat, and write their process ids to `says`."""
    # Ctrl-C reaches all programs of a terminal; this one ends when `lms serve` says so.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    app = load()
    try:
        listen(handle)
    except click.ClickException as error:
        error.show()
        raise SystemExit(TOLD) from None
    served = Served(app, handle)
    make = _maker(served)
    for number, path in enumerate(beats, 1):
        _fork(partial(make, number), app, Heartbeat(path), says)
    os.write(says, b"\n")
    if not ADOPTS:
        # The workers need a parent elsewhere than on Linux; when one ends, all are replaced.
        os.wait()
    # Python would take the whole site down object by object first, while the workers wait.
    os._exit(0)


def _maker(served: Served) -> Callable[[int], Any]:
    # Imported here, as the whole site is: this process begins without it.
    from lms.foundation.web.server import Worker

    log = served.cfg.logger_class(served.cfg)
    sockets = sock.create_sockets(served.cfg, log)
    parent = os.getppid() if ADOPTS else os.getpid()
    return lambda number: Worker(number, parent, sockets, served, served.cfg.timeout / 2, served.cfg, log)


def _fork(make: Callable[[], Any], app: Flask, beat: Heartbeat, says: int) -> None:
    """Fork a worker, which serves once `lms serve` is its parent, and write its process id to `says`."""
    loader = os.getpid()
    pid = os.fork()
    if pid:
        beat.close()
        os.write(says, f"{pid} ".encode())
        return
    os.close(says)
    while ADOPTS and os.getppid() == loader:
        time.sleep(0.001)
    # Imported here, as the whole site is: this process begins without it.
    from lms.foundation.hosts.serving import say_so_at_once

    say_so_at_once(app)
    worker = make()
    worker.tmp.close()
    worker.tmp, worker.pid = beat, os.getpid()
    try:
        worker.init_process()
    except SystemExit:
        raise
    except BaseException:
        worker.log.exception("a web worker stopped because of an error")
        sys.exit(1)
    sys.exit(0)


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]), [Path(path) for path in sys.argv[3:]])
