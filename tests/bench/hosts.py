"""`./dev bench --hosts`: whole checks on one host and on two, on one PostgreSQL, each host pinned to a CPU of its own.

A host is `lms serve` with one web worker. PostgreSQL, the job processes and the load run wherever the system puts them,
so on two CPUs they take from both hosts what a machine of their own would give. So what a check costs in CPU is told as
well: where that is the same with two hosts as with one, nothing but CPUs is between them and twice the rate.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median

import psutil

from lms.accounts import actions as accounts
from lms.app import at_work, create_app
from lms.cli.serving.supervising import LOADING
from lms.content.model.course import Course
from lms.foundation.config.settings import read_settings
from lms.foundation.db import db, write
from lms.foundation.migrations import upgrade
from tests.bench import walk
from tests.bench.load import Script, load, play_once
from tests.bench.site import PEOPLE, PFA, Running, _learner, free_port, publish, running
from tests.bench.walk import Learner
from tests.bench.weigh import cpu_of_all
from tests.postgres import Cluster, cluster

SECONDS, ROUNDS, PEOPLE_EACH = 4.0, 5, 4
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@dataclass
class Rounds:
    """What rounds of load showed: checks a second, and the CPU ms of a check in web workers and in PostgreSQL."""

    rates: list[float] = field(default_factory=list)
    web: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Pair:
    """Two hosts, what they serve, and who takes checks: the same people on either host."""

    hosts: tuple[Running, Running]
    server: int
    course: Course
    people: tuple[list[Learner], ...]

    def play(self, hosts: int, into: Rounds) -> None:
        """Let all clients take checks for some seconds, shared among so many hosts."""
        right = walk.right_choices(self.course)
        web = [worker for host in self.hosts for worker in _web_workers(host.pid)]
        before = sum(map(cpu_of_all, web)), cpu_of_all(self.server)
        with ThreadPoolExecutor(hosts) as beside:
            loads = []
            for number in range(hosts):
                scripts = [partial(_check, self.course.id, right, people) for people in self.people[number::hosts]]
                loads.append(beside.submit(load, self.hosts[number].port, scripts, SECONDS))
            timings = [each.result() for each in loads]
        done = sum(timing.count for timing in timings)
        into.rates.append(sum(timing.rate for timing in timings))
        into.web.append((sum(map(cpu_of_all, web)) - before[0]) * 1000 / done)
        into.database.append((cpu_of_all(self.server) - before[1]) * 1000 / done)
        into.errors += [error for timing in timings for error in timing.errors]


def _check(course_id: str, right: Mapping[str, object], people: list[Learner]) -> Script:
    return walk.whole_check(course_id, right, walk.turns(people))


def _web_workers(pid: int) -> list[int]:
    children = psutil.Process(pid).children()
    return [child.pid for child in children if LOADING in child.cmdline()]


@contextmanager
def _pair(server: Cluster, folder: Path) -> Iterator[Pair]:
    first, second = folder / "first", folder / "second"
    (folder / "shared").mkdir()
    settings = {"LMS_DATABASE_URL": server.create("hosts"), "LMS_FILES_URL": f"file:{folder / 'shared'}"}
    app = create_app(read_settings({"LMS_DATA": str(first), **settings}))
    upgrade(app)
    with at_work(app):
        programme = write(accounts.set_programme, "harbour", "Harbour Hospitals", {}, False, touch_hold=True)
        course = publish(PFA, programme.id)
        cookies = [write(_learner, number, programme.id, course) for number in range(PEOPLE * PEOPLE_EACH)]
        db.session.remove()
        db.engine.dispose()
    serve = [sys.executable, "-m", "lms.cli", "serve", "--workers", "1"]
    cpus = sorted(os.sched_getaffinity(0))
    with ExitStack() as stack:
        hosts = []
        for data, cpu in ((first, cpus[0]), (second, cpus[1 % len(cpus)])):
            if data == second:
                shutil.copytree(first / "keys", second / "keys")
            command = ["taskset", "--cpu-list", str(cpu), *serve]
            started = running(command, free_port(), "/verify", LMS_DATA=str(data), **settings)
            hosts.append(stack.enter_context(started))
        tokens: list[str] = []
        for cookie in cookies:
            play_once(hosts[0].port, walk.token_script(f"/courses/{course.id}/check", cookie, tokens))
        learners = [Learner(cookie, token) for cookie, token in zip(cookies, tokens, strict=True)]
        people = tuple(learners[number::PEOPLE] for number in range(PEOPLE))
        yield Pair((hosts[0], hosts[1]), server.pid, course, people)


def compare() -> tuple[str, list[str]]:
    """Play rounds on one host and on two in turn; return a table in Markdown, and what broke."""
    if not shutil.which("taskset"):
        return "Skipped: pinning a host to a CPU needs taskset, which isn't here.", []
    with cluster(**DURABLE) as server, tempfile.TemporaryDirectory(prefix="sidelight-hosts-") as folder:
        one, two = Rounds(), Rounds()
        with _pair(server, Path(folder)) as pair:
            # What a host does once, such as reading its course, isn't what a check costs.
            pair.play(2, Rounds())
            for _round in range(ROUNDS):
                pair.play(1, one)
                pair.play(2, two)
    return as_table(one, two), [*one.errors, *two.errors]


def as_table(one: Rounds, two: Rounds) -> str:
    """Return the middle of all rounds."""
    lines = [f"{PEOPLE} clients, the middle of {ROUNDS} rounds, on {os.cpu_count()} CPUs.", ""]
    lines += ["| | One host | Two hosts | Times |", "|---|---|---|---|"]
    rows = {"whole checks a second": (one.rates, two.rates), "CPU of a check in web workers, ms": (one.web, two.web)}
    rows["CPU of a check in PostgreSQL, ms"] = (one.database, two.database)
    for name, (before, after) in rows.items():
        lines.append(f"| {name} | {median(before):.1f} | {median(after):.1f} | {median(after) / median(before):.2f} |")
    return "\n".join(lines)
