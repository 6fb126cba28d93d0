"""Serving a site: a start that cannot work says so in one line, and what goes wrong later is seen and mended."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from lms.foundation.background import heartbeat
from lms.foundation.background.site_lock import lock
from tests.builders.serving import Running, environment, serving, until
from tests.conftest import ROOT
from tests.journeys.served import LMS, free_port
from tests.postgres import Cluster

TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ", re.M)


def refused(data: Path, *command: str, **more: str) -> str:
    """Return the one line with which a start ends that cannot work."""
    done = subprocess.run(
        [*LMS, *(command or ("serve",))],
        cwd=ROOT,
        env=environment(data, **more),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1 and done.stdout == "" and "Traceback" not in done.stderr, done
    lines = done.stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith("Error: "), done.stderr
    return lines[0]


@pytest.fixture
def data(filled_sqlite: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    shutil.copytree(filled_sqlite, folder)
    return folder


def test_a_taken_port_is_told_in_one_line_with_another_one(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = refused(data, PORT=str(port))
    assert f"Port {port} on 127.0.0.1 is already in use" in line and f"PORT={port + 1}" in line
    assert "isn’t an address" in refused(data, "serve", "--host", "no such host")


def test_of_two_starts_at_once_on_a_port_the_second_is_told_so_in_one_line(data: Path, tmp_path: Path) -> None:
    port = str(free_port())
    both = [Running(data, tmp_path / f"{number}.log", PORT=port) for number in range(2)]
    try:
        until(lambda: any(one.process.poll() is not None for one in both))
        first, second = sorted(both, key=lambda one: one.process.poll() is not None)
        assert second.process.returncode == 1
        (line,) = second.said().splitlines()
        assert line.startswith(f"Error: Port {port} on 127.0.0.1 ")
        until(lambda: "is running on" in first.said())
        assert first.status("/healthz")[0] == 200
    finally:
        for one in both:
            one.process.terminate()
            one.process.wait(30)


def of_a_newer_version(data: Path) -> dict[str, str]:
    with closing(sqlite3.connect(data / "sidelight.db")) as connection, connection:
        connection.execute("update alembic_version set version_num = '9999'")
    return {}


def no_database(data: Path) -> dict[str, str]:
    (data / "sidelight.db").write_bytes(b"a letter to the editor " * 500)
    return {}


DATABASES: dict[str, tuple[Callable[[Path], dict[str, str]], str]] = {
    "down": (lambda _data: {"LMS_DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:9/sidelight"}, "Connection refused"),
    "missing": (lambda data: {"LMS_DATABASE_URL": f"sqlite:///{data}/no/such/folder/x.db"}, "unable to open"),
    "newer": (of_a_newer_version, "newer version of Sidelight"),
    "no database": (no_database, "file is not a database"),
    "a folder": (lambda data: {"LMS_DATABASE_URL": f"sqlite:///{data}"}, "unable to open"),
}


@pytest.mark.parametrize("case", DATABASES)
def test_a_database_that_cannot_be_used_is_told_in_one_line(data: Path, case: str) -> None:
    prepare, words = DATABASES[case]
    line = refused(data, **prepare(data))
    assert words in line and "Nothing was changed." in line and "hunter2" not in line


@pytest.mark.postgres
def test_a_database_that_was_never_made_is_told_in_one_line(data: Path, postgres: Cluster) -> None:
    line = refused(data, "work", LMS_DATABASE_URL=postgres.url("nowhere"))
    assert 'database "nowhere" does not exist' in line and "Create it first" in line


@pytest.mark.parametrize("content", [b"\0" * 32, b"\xff" * 32])
def test_a_secret_of_one_byte_over_and_over_is_never_used(data: Path, content: bytes) -> None:
    (data / "keys").mkdir(exist_ok=True)
    (data / "keys" / "secret").write_bytes(content)
    assert "keys/secret holds one byte over and over" in refused(data, "people", "list")


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 31, b"x" * 33])
def test_a_secret_that_is_damaged_is_never_used(data: Path, content: bytes) -> None:
    (data / "keys").mkdir(exist_ok=True)
    (data / "keys" / "secret").write_bytes(content)
    line = refused(data, "people", "list") if content else refused(data)
    assert f"keys/secret holds {len(content)} bytes and not 32" in line
    assert (data / "keys" / "secret").read_bytes() == content


def test_a_setting_that_cannot_work_is_told_in_one_line(data: Path) -> None:
    line = refused(data, LMS_MAIL_URL="smtp://u:hun#ter2@mail.example.org")
    assert "LMS_MAIL_URL is 'smtp://***@mail.example.org'" in line and "write # as %23" in line
    assert "did you mean LMS_MAIL_URL" in refused(data, LMS_MAIL_ULR="console:")


def is_private(data: Path) -> None:
    assert data.stat().st_mode & 0o777 == 0o700
    for file in data.glob("sidelight.db*"):
        assert file.stat().st_mode & 0o777 == 0o600, file


def loses_its_job_process(running: Running) -> None:
    """Stopped, it is seen; ended over a damaged queue, it is started again once and makes the queue again."""
    jobs = running.job_process()
    until(lambda: time.time() - (running.data / heartbeat.FILE).stat().st_mtime < 2)
    jobs.suspend()
    assert running.status()[0] == 200
    # As if the seconds had gone by in which it would have shown itself again.
    long_ago = time.time() - heartbeat.GONE_AFTER_SECONDS - 1
    os.utime(running.data / heartbeat.FILE, (long_ago, long_ago))
    until(lambda: running.status() == (503, '{"missing":["jobs"],"ready":false}\n'), 10)
    jobs.resume()
    until(lambda: running.status()[0] == 200)
    jobs.kill()
    for suffix in ("", "-wal"):
        (running.data / f"jobs.db{suffix}").write_bytes(b"not a database " * 1000)
    until(lambda: bool(list(running.data.glob("jobs.db.damaged-*"))))
    assert running.job_process().pid != jobs.pid and running.said().count("the job process ended") == 1


def stays_as_it_is(running: Running) -> None:
    """While a site runs, it's neither migrated nor replaced."""
    backup = running.data.parent / "backup"
    backup.write_bytes(b"not asked for yet")
    before = (running.data / "sidelight.db").stat().st_ino
    for command in (("upgrade", "--no-backup"), ("restore", str(backup), "--replace")):
        line = refused(running.data, *command)
        assert "is running. Nothing was changed. Stop it first" in line and "systemctl stop sidelight" in line
    assert (running.data / "sidelight.db").stat().st_ino == before


def can_be_upgraded(data: Path) -> None:
    """A site that was killed left no lock; while it's upgraded or restored, it isn't served."""
    handle = lock(data, alone=True)
    assert handle is not None
    assert "is being upgraded or restored" in refused(data)
    os.close(handle)


def is_killed(running: Running) -> None:
    family = running.children()
    assert len(family) >= 3
    os.kill(running.process.pid, signal.SIGKILL)
    running.process.wait()
    _gone, left = psutil.wait_procs(family, timeout=30)
    assert left == []
    with socket.create_server(("127.0.0.1", running.port)):
        pass


def test_a_served_site_says_when_it_listens_sees_its_job_process_stop_and_leaves_nothing_behind(
    data: Path, tmp_path: Path
) -> None:
    data.chmod(0o755)
    with serving(data, tmp_path / "log") as running:
        assert running.status("/healthz")[0] == 200
        until(lambda: running.status()[0] == 200)
        is_private(data)
        loses_its_job_process(running)
        for line in running.said().splitlines():
            assert "is running on" in line or TIME.match(line) or line.startswith("["), line
        stays_as_it_is(running)
        is_killed(running)
    can_be_upgraded(data)


ROOM = """
import resource, sys
from pathlib import Path
from lms.foundation.web.health import has_room
print(has_room(Path(sys.argv[1])))
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
print(has_room(Path(sys.argv[1])))
print(has_room(Path(sys.argv[1]) / "nowhere"))
"""


def test_a_disk_on_which_nothing_can_be_written_is_seen(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", ROOM, str(tmp_path)], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.split() == ["True", "False", "False"], done.stderr
    assert list(tmp_path.iterdir()) == []
