"""The `lms author` command."""

from __future__ import annotations

import logging
import signal
import socket
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

import click
from werkzeug.serving import WSGIRequestHandler, make_server

from lms.cli.authoring.preview_app import HOST, make_app
from lms.cli.authoring.watching import Folder, State
from lms.cli.output import say
from lms.content.lint.check import render_findings

PORT = 8010


class _Quiet(WSGIRequestHandler):
    """Answers requests without a line for each."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


@click.command()
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(1, 65535), help="Where to show it.")
def author(path: Path, port: int) -> None:
    """Check and preview a course each time you save a file of it, until you press Ctrl-C. It needs no site.

    Example: lms author courses/psychological-first-aid
    """
    folder = path.resolve()
    if not (folder / "course.md").is_file():
        raise click.ClickException(f"{path} has no course.md. A course is a folder with a file course.md.")
    listening = _open_port(port)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    watched, stop = Folder(folder), threading.Event()
    told = Told()
    with tempfile.TemporaryDirectory(prefix="sidelight-author-") as data, suppress(KeyboardInterrupt):
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        app = make_app(watched, Path(data), port)
        server = make_server(HOST, port, app, threaded=True, request_handler=_Quiet, fd=listening.fileno())
        # The first page takes a second or two: its templates are read.
        app.test_client().get("/preview", base_url=f"http://{HOST}:{port}")
        told.say(watched.state)
        say(f"\nThe preview: http://{HOST}:{port}/preview\nSave a file, and the page follows. Press Ctrl-C to stop.")
        threading.Thread(target=watched.watch, args=(stop, told.say), daemon=True).start()
        try:
            server.serve_forever()
        finally:
            stop.set()
            listening.close()
    say("\nStopped. Your files are as you saved them.")


def _open_port(port: int) -> socket.socket:
    """Return a socket that listens on this machine alone, before anything else is done."""
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((HOST, port))
        found.listen()
    except OSError as error:
        found.close()
        raise click.ClickException(
            f"Port {port} can’t be used: {error.strerror}. Choose another one: lms author PATH --port {PORT + 1}"
        ) from None
    return found


class Told:
    """What the terminal says after each save: problems that are new, and how many there are."""

    def __init__(self) -> None:
        self._known: set[tuple[str, str, str]] = set()

    def say(self, state: State) -> None:
        """Print what is new in a course since it was saved before."""
        findings = {(one.code, one.path, one.message): one for one in state.reading.findings}
        new = [one for key, one in findings.items() if key not in self._known]
        gone = len(self._known - findings.keys())
        errors = sum(one.severity == "error" for one in state.reading.findings)
        if new:
            say(f"\n{render_findings(new)}")
        fixed = f", {gone} fixed" if gone else ""
        say(f"{time.strftime('%H:%M:%S')}  {errors} errors, {len(state.reading.findings) - errors} warnings{fixed}")
        self._known = set(findings)
