"""A site that `lms serve` serves in a process of its own, with all that it says."""

from __future__ import annotations

import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from lms.cli.serving.supervising import LOADING
from tests.conftest import ROOT
from tests.journeys.served import LMS, free_port


def environment(data: Path, **more: str) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    return {**plain, "LMS_DATA": str(data), "PORT": str(free_port()), **more}


class Running:
    """A served site, with all that it says."""

    def __init__(self, data: Path, log: Path, **more: str) -> None:
        self.data, self.log, self.environment = data, log, environment(data, PYTHONUNBUFFERED="1", **more)
        self.port = int(self.environment["PORT"])
        with log.open("wb") as file:
            self.process = subprocess.Popen(
                [*LMS, "serve"], cwd=ROOT, env=self.environment, stdout=file, stderr=subprocess.STDOUT
            )
        self.family: list[psutil.Process] = []

    def said(self) -> str:
        return self.log.read_text("utf-8")

    def status(self, path: str = "/readyz") -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def children(self) -> list[psutil.Process]:
        self.family = psutil.Process(self.process.pid).children(recursive=True)
        return self.family

    def called(self, word: str) -> list[psutil.Process]:
        """Return the processes that `lms serve` watches over with a word in their command; none that has ended."""
        found = []
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.Error):
                if word in child.cmdline():
                    found.append(child)
        return found

    def web_workers(self) -> list[psutil.Process]:
        """Return the web workers, and the process that loads the site for new ones while there is one."""
        return self.called(LOADING)

    def job_process(self) -> psutil.Process:
        """Return the job process, which starts beside the web workers and may come after the first page."""
        until = time.monotonic() + 30
        while True:
            # It lays out documents in children of its own, which are called as it is.
            found = self.called("work")
            if found or time.monotonic() > until:
                (only,) = found
                return only
            time.sleep(0.1)


@contextmanager
def serving(data: Path, log: Path, **more: str) -> Iterator[Running]:
    running = Running(data, log, **more)
    try:
        until(lambda: "is running on" in running.said())
        yield running
    finally:
        if running.process.poll() is None:
            running.process.kill()
        running.process.wait()
        for one in running.family:
            if one.is_running():
                one.kill()


def until(true: Callable[[], bool], most: float = 60.0) -> None:
    end = time.monotonic() + most
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)
