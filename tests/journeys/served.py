"""A real site for the journeys: web workers and the job process as `lms serve` starts them, on a port of their own."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from click.testing import CliRunner

from lms.cli import main
from lms.cli.serving.supervising import LOADING
from tests.conftest import ROOT, Site, app_of, settings_for

LMS = [sys.executable, "-m", "lms.cli"]
START_MOST = 120.0


@dataclass
class Served:
    """A site that answers: where it is, its data, and the same site in code for what only staff would know."""

    url: str
    environment: dict[str, str]
    site: Site

    @property
    def port(self) -> int:
        """The port on which it answers."""
        return self.site.settings.port

    def lms(self, *arguments: str, expect: int = 0) -> str:
        """Run the command beside the running site, as a trainer or an operator does; return all it says."""
        return run_lms(self.environment, *arguments, expect=expect)


def run_lms(environment: dict[str, str], *arguments: str, expect: int = 0) -> str:
    """Run the command with these settings in this process, which spares a second of CPU; return all it says."""
    alone = {name: None for name in os.environ if name.startswith("LMS_")} | environment
    done = CliRunner().invoke(main, arguments, env=alone)
    assert done.exit_code == expect, f"{done.output}{done.exception!r}"
    return done.output


def free_port() -> int:
    """Return a port that nobody listens on, below those that a system hands out for calls to others."""
    while True:
        port = secrets.choice(range(20_000, 32_000))
        with socket.socket() as found:
            if found.connect_ex(("127.0.0.1", port)):
                return port


def without_settings() -> dict[str, str]:
    """Return the environment of this process without settings of a site."""
    return {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}


# A provider for single sign-on that doesn't answer; passwords go on, also for who is connected with it.
NO_PROVIDER = {
    "LMS_SSO_ISSUER": "http://127.0.0.1:9",
    "LMS_SSO_CLIENT_ID": "sidelight",
    "LMS_SSO_CLIENT_SECRET": "a secret",
    "LMS_SSO_LABEL": "Harbour account",
    "LMS_SSO_ONLY": "no",
}


@contextmanager
def serve(data: Path, host: str = "127.0.0.1", url: str = "", **more: str) -> Iterator[Served]:
    """Serve a filled data folder; afterwards stop it as a system does, and see that nothing of it is left.

    `url` is the database when it's not in the folder, and `more` holds settings to taste.
    """
    port = free_port()
    own = {"PORT": str(port), "LMS_BASE_URL": f"http://{host}:{port}", "LMS_DATA": str(data)}
    own |= {"LMS_REGISTRATION": "open", "LMS_MAIL_URL": "file:", "LMS_DATABASE_URL": url, **NO_PROVIDER, **more}
    environment = without_settings() | own
    process = subprocess.Popen([*LMS, "serve"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    family: list[psutil.Process] = []
    try:
        _wait_for(own["LMS_BASE_URL"], process)
        more = {**NO_PROVIDER, **more, **{name: own[name] for name in ("PORT", "LMS_BASE_URL")}}
        settings = settings_for(data, url, **more)
        yield Served(own["LMS_BASE_URL"], environment, Site(app_of(settings), settings))
        family = _family(process)
    finally:
        left = _stop([*_children(process), process])
    assert not left and family, f"still running: {left}"


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    began = time.monotonic()
    while not _answers(url):
        assert process.poll() is None, "lms serve ended by itself"
        assert time.monotonic() - began < START_MOST, "lms serve does not answer"
        time.sleep(0.05)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _children(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []


def _family(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """Return all processes of a running site: web workers and the job process are among them."""
    found = _children(process)
    commands = [_command(child) for child in found]
    assert any(LOADING in command for command in commands), commands
    assert any(command.endswith("work") for command in commands), commands
    return found


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:  # one that just ended
        return ""


def _stop(family: list[Any]) -> list[str]:
    """Ask a site to stop; return what is still there after a minute, ended the hard way."""
    family[-1].terminate()
    _gone, alive = psutil.wait_procs(family, timeout=60)
    for one in alive:
        one.kill()
    return [str(one) for one in alive]
