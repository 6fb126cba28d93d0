"""Drills of the disk: the power goes, the disk is full, and the disk reports errors."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sysconfig
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import psutil

from lms.foundation.db import db
from tests.bench.load import Reply
from tests.bench.walk import token_script
from tests.builders.learning import COURSE
from tests.builders.serving import Running
from tests.conftest import Site, app_of, settings_for
from tests.drills.ground import Ground, Learner, disk_of, ground, let_go
from tests.drills.judge import judge_checks
from tests.drills.report import Outcome, Scale, Skip
from tests.drills.visitors import Heard, Readers, Visitor

chance = random.Random()
CLIENTS, MEGABYTES = 6, 160


def lose_power(folder: Path, _database: str, fault: str, scale: Scale) -> Outcome:
    """Cut the power while people take checks, and look at what the disk holds, without what only memory held.

    The site is on a disk of its own, an ext4 in a file. That file is what survives: it's copied once every process is
    killed, and the copy is mounted as a machine does that starts again.
    """
    outcome, acknowledged = Outcome(), 0
    for number in range(scale.times):
        cut, count = _cut_once(folder / str(number), fault, scale)
        outcome.add(cut)
        acknowledged += count
    outcome.done = f"power cut {scale.times} times, after {acknowledged} acknowledged checks in all"
    outcome.slowest_of = "the first page afterwards"
    return outcome


def _cut_once(folder: Path, fault: str, scale: Scale) -> tuple[Outcome, int]:
    folder.mkdir(parents=True)
    survived = folder / "survived.image"
    with disk_of(folder / "disk", MEGABYTES, "ext4") as disk, ground(folder, fault=fault, data=disk / "data") as site:
        learners = site.learners(scale.people)
        let_go(site.site)
        os.sync()
        with site.served() as running, site.checks(running.port, learners, CLIENTS) as crowd:
            until = time.monotonic() + 30
            wanted = chance.randint(scale.people // 3, scale.people // 2)
            while len(crowd.heard.done) < wanted and time.monotonic() < until:
                time.sleep(0.005)
            _kill_family(running)
            acknowledged = list(crowd.heard.done)
            shutil.copyfile(folder / "disk.image", survived)
            crowd.leave()
    return _look_again(folder, survived, site, acknowledged), len(acknowledged)


def _kill_family(running: Running) -> None:
    family = [*running.children(), psutil.Process(running.process.pid)]
    for one in family:
        with suppress(psutil.Error):
            one.suspend()
    for one in family:
        with suppress(psutil.Error):
            one.kill()
    psutil.wait_procs(family, timeout=10)


def _look_again(folder: Path, image: Path, before: Ground, acknowledged: list[str]) -> Outcome:
    place = folder / "again"
    place.mkdir()
    subprocess.run(["mount", "-o", "loop", str(image), str(place)], check=True, capture_output=True)
    try:
        settings = settings_for(place / "data")
        site = Site(app_of(settings), settings)
        again = Ground(folder, site, before.course)
        began = time.monotonic()
        with again.served() as running:
            first = time.monotonic() - began
            status = Visitor(running.port, Heard()).ask_once(f"GET {COURSE} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            running.children()
        outcome = judge_checks(site, acknowledged)
        outcome.slowest = first
        outcome.expect(status is not None and status.status == 200, "no page could be read afterwards")
        outcome.expect(_is_whole(site), "the database was damaged")
        let_go(site)
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)
    return outcome


def _is_whole(site: Site) -> bool:
    with site.inside():
        found: object = db.session.connection().exec_driver_sql("PRAGMA integrity_check").scalar()
        return found == "ok"


# --- A disk that takes no more ------------------------------------------------------------------------------------


def fill_disk(folder: Path, _database: str, fault: str, scale: Scale) -> Outcome:
    """Fill the disk to its last byte while the site is served, then make room again."""
    with disk_of(folder / "disk", 48) as disk, ground(folder, fault=fault, data=disk / "data") as site:
        ballast = disk / "ballast"

        def fill() -> None:
            _empty_log(site)
            with suppress(OSError), ballast.open("wb", buffering=0) as file:
                while True:
                    file.write(bytes(4096))

        outcome = _through_trouble(site, scale, fill, ballast.unlink)
    outcome.done = f"a disk filled under {outcome.done}"
    return outcome


def _empty_log(site: Ground) -> None:
    """Write what stands in the log into the database, because it could be written over without taking room."""
    with closing(sqlite3.connect(site.data / "sidelight.db", timeout=5)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def report_errors(folder: Path, _database: str, fault: str, scale: Scale) -> Outcome:
    """Let every write of the database's files end with EIO while the site is served, then let them through again."""
    flag = folder / "broken"
    library = preloaded(folder)
    with ground(folder, fault=fault) as site:
        site.more |= {"LD_PRELOAD": str(library), "DRILL_DISK": str(flag)}
        outcome = _through_trouble(site, scale, flag.touch, flag.unlink)
    outcome.done = f"every write of the disk refused (EIO) under {outcome.done}"
    return outcome


def preloaded(folder: Path) -> Path:
    """Compile preload.c into a folder; raise Skip where there's no compiler."""
    source, library = Path(__file__).parent / "preload.c", folder / "preload.so"
    compiler = shutil.which("cc")
    if compiler is None or not sysconfig.get_platform().startswith("linux"):
        raise Skip("there is no C compiler here")
    subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True)
    return library


def _through_trouble(site: Ground, scale: Scale, begin: Callable[[], object], end: Callable[[], object]) -> Outcome:
    """Save before, during and after trouble with the disk; people read all the while."""
    learners = site.learners(scale.people + 2)
    with site.served() as running:
        before, during = learners[:1], learners[1:-1]
        with site.checks(running.port, before, 1) as crowd:
            crowd.finish()
        outcome, saved = Outcome(), list(crowd.heard.done)
        outcome.amiss += crowd.heard.failures
        pages = [COURSE, "/courses", "/verify", "/support"]
        with Readers(running.port, pages, during[0].cookie) as readers:
            begin()
            told, slowest = _try_to_save(running.port, during, scale.seconds)
            end()
            with site.checks(running.port, learners[1:], CLIENTS) as crowd:
                crowd.finish()
        saved += crowd.heard.done
        running.children()
    counted = judge_checks(site.site, saved)
    outcome.add(counted)
    outcome.amiss += crowd.heard.failures
    _judge_answers(outcome, told, len(during))
    outcome.expect(readers.statuses() == {200}, f"pages answered {sorted(readers.statuses() - {200})} meanwhile")
    outcome.expect(len(crowd.heard.done) == len(learners) - 1, "not everybody could save afterwards")
    outcome.within(crowd.heard.slowest, 5, "saving again")
    outcome.done = f"{len(told)} forms; {len(readers.seen)} pages read meanwhile"
    outcome.slowest = max(slowest, readers.slowest)
    return outcome


def _try_to_save(port: int, learners: list[Learner], seconds: float) -> tuple[list[Reply | None], float]:
    """Send forms for a while; return what came back and the longest wait."""
    told: list[Reply | None] = []
    slowest, until, turn = 0.0, time.monotonic() + seconds, 0
    while time.monotonic() < until or turn < len(learners):
        learner = learners[turn % len(learners)]
        visitor, tokens = Visitor(port, Heard(), 5), []
        visitor.play("", token_script(COURSE, learner.cookie, tokens))
        if tokens:
            body = f"form_token={tokens[0]}"
            head = [f"POST {COURSE}/check HTTP/1.1", "Host: 127.0.0.1", f"Cookie: {learner.cookie}"]
            head += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
            began = time.monotonic()
            told.append(visitor.ask_once("\r\n".join([*head, "", body]).encode()))
            slowest = max(slowest, time.monotonic() - began)
            visitor.close()
        turn += 1
        time.sleep(0.1)
    return told, slowest


def _judge_answers(outcome: Outcome, told: list[Reply | None], least: int) -> None:
    outcome.expect(len(told) >= least, f"only {len(told)} forms could be opened")
    # Without a change a form may be answered from what is there: an open check is found again.
    odd = [reply.status if reply else 0 for reply in told if reply is None or reply.status not in {303, 503}]
    outcome.expect(not odd, f"forms were answered {sorted(set(odd))} and not 503")
    refused = [reply for reply in told if reply and reply.status == 503]
    outcome.expect(bool(refused), "no form was refused, so the trouble met nobody")
    calm = [reply for reply in refused if reply.header("Retry-After") == "5" and b"Traceback" not in reply.body]
    outcome.expect(len(calm) == len(refused), "a refusal didn’t say when to come back")
