"""`python -m tests.bench.restore 10000 [--postgres]`: how long a backup and a restore of so many people take.

Seconds by the clock, and CPU time of the command and of PostgreSQL's server, because the machine may do other things
meanwhile. People have no PDFs here: files are copied, and cost the same on either database.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import psutil

from lms.foundation.db import db
from tests.bench.people import site_with
from tests.postgres import Cluster, cluster


def used_so_far(server: Cluster | None) -> float:
    """Return the CPU seconds of commands that have ended, and of the server with its connections that are closed."""
    of_commands = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = of_commands.ru_utime + of_commands.ru_stime
    for file in server.folder.rglob("postmaster.pid") if server else ():
        found += sum(psutil.Process(int(file.read_text().split()[0])).cpu_times()[:4])
    return found


def timed(what: str, server: Cluster | None, settings: dict[str, str], *words: str) -> None:
    """Run a command of ours and say how long it took."""
    before, began = used_so_far(server), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "lms.cli", *words], env={**os.environ, **settings}, capture_output=True, text=True
    )
    lasted, used = time.perf_counter() - began, used_so_far(server) - before
    assert done.returncode == 0, done.stdout + done.stderr
    print(f"  {what:8} {lasted:6.1f} s, {used:6.1f} s of CPU; {' '.join((done.stdout + done.stderr).split())[:150]}")


def main(people: int, postgres: bool) -> None:
    """Fill a site, back it up, and restore it into an empty folder, and on PostgreSQL an empty database."""
    with ExitStack() as stack:
        server = stack.enter_context(cluster()) if postgres else None
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        urls = [server.create(name) if server else "" for name in ("before", "after")]
        print(f"{people:,} people on {'PostgreSQL' if server else 'SQLite'}, load {os.getloadavg()[0]:.1f}")
        app, _cookie = site_with(people, urls[0], folder / "before")
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        file = str(folder / "backup.tar.gz")
        timed("backup", server, {"LMS_DATA": str(folder / "before"), "LMS_DATABASE_URL": urls[0]}, "backup", file)
        timed("restore", server, {"LMS_DATA": str(folder / "after"), "LMS_DATABASE_URL": urls[1]}, "restore", file)
        print(f"  load {os.getloadavg()[0]:.1f}, {os.path.getsize(file) / 1e6:.0f} MB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("people", type=int)
    parser.add_argument("--postgres", action="store_true")
    arguments = parser.parse_args()
    main(arguments.people, arguments.postgres)
