"""Web workers that end, hang, or have nobody who could load the site for new ones."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from lms.cli.serving import web_workers
from lms.cli.serving.loading import Heartbeat
from lms.cli.serving.web_workers import WebWorkers
from tests.builders.serving import Running, serving, until
from tests.conftest import ROOT

linux = pytest.mark.skipif(not web_workers.ADOPTS, reason="only Linux gives children to whoever asked for them")
TAKEN_OVER = "new web workers have taken over"


@pytest.fixture(scope="module")
def running(filled_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("workers")
    with serving(Path(shutil.copytree(filled_sqlite, folder / "data")), folder / "log") as site:
        site.job_process()
        yield site
        site.children()


def are_replaced(running: Running, before: set[psutil.Process], times: int) -> bool:
    """Return whether two new workers serve and nothing else of the web is there, neither an old one nor a loader."""
    now = set(running.web_workers())
    known = running.said().count(TAKEN_OVER) == times
    return known and len(now) == 2 and not now & before and running.status()[0] == 200


@linux
def test_what_loaded_the_site_has_ended_and_a_killed_worker_is_replaced_with_the_others(running: Running) -> None:
    before, jobs = set(running.web_workers()), running.job_process().pid
    assert len(before) == 2 and {worker.ppid() for worker in before} == {running.process.pid}
    next(iter(before)).kill()
    until(lambda: "a web worker ended with status -9, so new ones are started" in running.said(), 20)
    assert running.status()[0] == 200, "the other one serves meanwhile"
    until(lambda: are_replaced(running, before, 1), 60)
    assert running.job_process().pid == jobs
    until(lambda: psutil.STATUS_ZOMBIE not in {child.status() for child in running.children()}, 5)


@linux
def test_when_no_worker_is_left_new_ones_are_started_at_once(running: Running) -> None:
    before = set(running.web_workers())
    for worker in before:
        worker.kill()
    until(lambda: are_replaced(running, before, 2), 60)


@linux
def test_while_the_site_cannot_be_loaded_the_other_workers_serve(running: Running) -> None:
    before = set(running.web_workers())
    secret = running.data / "keys" / "secret"
    kept = secret.read_bytes()
    secret.write_bytes(b"damaged")
    killed = next(iter(before))
    killed.kill()
    until(lambda: "the site couldn't be loaded again (status 78), so it runs on as it was" in running.said(), 60)
    assert running.status("/")[0] == 200 and before - {killed} <= set(running.web_workers())
    secret.write_bytes(kept)
    until(lambda: are_replaced(running, before, 3), 60)


class Fake:
    """Workers that are children of this test, as those of a loader are children of `lms serve`."""

    def __init__(self, folder: Path, code: str) -> None:
        hears, says = os.pipe()
        self.beat = folder / "beat"
        Heartbeat(self.beat).close()
        self.child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        loader = subprocess.Popen([sys.executable, "-c", ""])
        os.write(says, f"{self.child.pid} \n".encode())
        os.close(says)
        loader.wait()
        self.workers = WebWorkers(loader, hears, [self.beat])
        assert self.workers.look() is None and self.workers.loaded and self.workers.pids == {self.child.pid}
        assert self.child.stdout is not None and self.child.stdout.readline() == b"here\n"
        self.child.stdout.close()


DEAF = "import signal, time; signal.signal(signal.SIGABRT, signal.SIG_IGN); print('here', flush=True); time.sleep(60)"


@linux
def test_a_worker_that_hangs_is_ended_even_one_that_does_not_listen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = Fake(tmp_path, DEAF)
    fake.workers.end_hanging()
    assert fake.workers.reap() == []
    monkeypatch.setattr(web_workers, "ABORT_SECONDS", 0.0)
    os.utime(fake.beat, (time.monotonic() - 31,) * 2)
    for _ in range(2):
        fake.workers.end_hanging()
        time.sleep(0.01)
    until(lambda: fake.workers.reap() == [-signal.SIGKILL], 10)
    assert fake.workers.gone() and not fake.beat.exists()
    fake.child.wait()


@linux
def test_a_worker_that_goes_on_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_workers, "SILENT_SECONDS", 5.0)
    fake = Fake(tmp_path, DEAF)
    os.utime(fake.beat, (time.monotonic() - 4,) * 2)
    fake.workers.end_hanging()
    assert fake.workers.reap() == []
    fake.workers.end(signal.SIGKILL)
    until(fake.workers.gone, 10)
    fake.child.wait()


@linux
def test_a_loader_that_is_killed_between_two_forks_leaves_no_worker(tmp_path: Path) -> None:
    hears, says = os.pipe()
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    loader = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    os.write(says, f"{child.pid} ".encode())
    os.close(says)
    beats = [tmp_path / "first", tmp_path / "second"]
    workers = WebWorkers(loader, hears, beats)
    assert workers.look() is None and not workers.loaded
    loader.kill()
    until(lambda: workers.look() == -signal.SIGKILL, 10)
    until(workers.gone, 10)
    child.wait()
    assert not workers.loaded


LEAVES_SOMETHING = """
import subprocess, time
from lms.cli.serving.web_workers import adopt, reap_strangers
adopt()
known = subprocess.Popen(["sleep", "0.1"])
subprocess.run(["sh", "-c", "sleep 0.2 & exit"], check=True)
time.sleep(0.5)
reap_strangers({known.pid})
assert known.wait() == 0
reap_strangers(set())
try:
    print(subprocess.os.waitpid(-1, subprocess.os.WNOHANG))
except ChildProcessError:
    print("nothing is left")
"""


@linux
def test_what_a_killed_worker_had_started_is_let_go_of_and_nothing_that_is_waited_for() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LEAVES_SOMETHING], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout == "nothing is left\n", done.stderr
