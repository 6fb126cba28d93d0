"""Drills of the database: PostgreSQL restarts, upgrades are killed, and backups are made under load."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from lms.app import create_app
from lms.foundation.db import db
from lms.foundation.migrations import upgrade
from lms.learning.progress.attempt_records import Result
from tests.builders.learning import COURSE
from tests.builders.schemas import REVISIONS, fill, is_whole, opened
from tests.conftest import Site, app_of, settings_for
from tests.drills import faults
from tests.drills.ground import Ground, Learner, ground, let_go
from tests.drills.judge import judge_checks
from tests.drills.report import Outcome, Scale
from tests.drills.visitors import Heard, Readers, Visitor, get
from tests.drills.waits import open_check, token_of

chance = random.Random()
CLIENTS, BACK_WITHIN = 8, 5.0
HOW = (signal.SIGINT, signal.SIGQUIT)


def restart_postgres(folder: Path, database: str, fault: str, scale: Scale) -> Outcome:
    """Stop PostgreSQL under load, in turn as an operator does and as if it crashed, and start it again."""
    with ground(folder, database, fault) as site:
        learners, backs = site.learners(scale.people), []
        # Who opens a check the first moment that PostgreSQL answers again.
        first = site.learners(scale.times, first=20_000)
        with (
            site.served() as running,
            Readers(running.port, [COURSE, "/courses"], learners[0].cookie, 0.05) as readers,
            site.checks(running.port, learners, CLIENTS) as crowd,
        ):
            for number in range(scale.times):
                time.sleep(chance.uniform(0.3, 0.8))
                backs.append(_restart_once(site, running.port, HOW[number % len(HOW)], first[number]))
            crowd.finish(300)
            running.children()
        heard, outcome = crowd.heard, judge_checks(site.site, crowd.heard.done)
    outcome.amiss += heard.failures
    outcome.expect(len(heard.done) == len(learners), f"{len(learners) - len(heard.done)} didn’t come to their end")
    odd = readers.statuses() - {200, 503}
    outcome.expect(not odd, f"pages were answered {sorted(odd)} meanwhile")
    outcome.slowest, outcome.slowest_of = max(backs), "a form once PostgreSQL answers"
    outcome.within(outcome.slowest, BACK_WITHIN, outcome.slowest_of)
    outcome.done = f"PostgreSQL stopped {scale.times} times under {CLIENTS} clients; {heard.again} forms sent again"
    return outcome


def _restart_once(site: Ground, port: int, how: signal.Signals, learner: Learner) -> float:
    """Restart the server; return the seconds until pages come and somebody can save."""
    assert site.server is not None
    form = open_check(learner, token_of(port, learner))
    site.server.stop(how)
    time.sleep(1.0)
    site.server.start()
    began = time.monotonic()
    while time.monotonic() - began < 30:
        page = Visitor(port, Heard()).ask_once(get("/sign-in"))
        ready = Visitor(port, Heard()).ask_once(get("/readyz"))
        saved = Visitor(port, Heard()).ask_once(form)
        if page and ready and saved and b"database" not in ready.body and (page.status, saved.status) == (200, 303):
            break
        time.sleep(0.05)
    return time.monotonic() - began


# --- Migrations --------------------------------------------------------------------------------------------------


def early_site(folder: Path) -> tuple[Callable[[], Path], dict[str, int]]:
    """Return what makes a site of the first version with something in each table, and how much is in each."""
    app = create_app(settings_for(folder / "early"))
    upgrade(app, REVISIONS[0])
    with opened(app) as connection:
        before = fill(connection)
    database = (folder / "early" / "sidelight.db").read_bytes()
    made = 0

    def make() -> Path:
        nonlocal made
        made += 1
        place = folder / f"site-{made}"
        place.mkdir()
        (place / "sidelight.db").write_bytes(database)
        return place

    return make, before


def _upgrade_until(data: Path, statement: int, fault: str) -> None:
    """Bring a site up to date in a process that is killed at a statement."""
    if fault:
        getattr(faults, fault)()
    app = create_app(settings_for(data))
    seen = 0

    def on_statement(*_all: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    with app.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", on_statement)
    upgrade(app)


def kill_upgrade_at(data: Path, statement: int, fault: str = "") -> bool:
    """Return whether the process came to that statement and was killed there."""
    child = multiprocessing.get_context("fork").Process(target=_upgrade_until, args=(data, statement, fault))
    child.start()
    child.join(60)
    return child.exitcode == -signal.SIGKILL


def kill_upgrades(folder: Path, _database: str, fault: str, scale: Scale) -> Outcome:
    """Kill an upgrade at every so many statements, so that there are about so many kills, and start each site again."""
    make, before = early_site(folder)
    outcome, kills, began = Outcome(), 0, time.monotonic()
    for statement in range(3, 2000, max(1, 300 // scale.times)):
        data = make()
        killed = kill_upgrade_at(data, statement, fault)
        app = create_app(settings_for(data))
        try:
            upgrade(app)
            is_whole(app, before)
        except (AssertionError, sa.exc.SQLAlchemyError, RuntimeError) as error:
            outcome.torn += 1
            outcome.amiss.append(f"killed at statement {statement}: {str(error).splitlines()[0][:100]}")
        if not killed:
            break
        kills += 1
    outcome.expect(kills >= scale.times // 2, f"only {kills} upgrades were killed")
    outcome.done = f"{kills} upgrades from the first version killed at statements 3 to {statement}"
    outcome.slowest, outcome.slowest_of = (time.monotonic() - began) / (kills + 1), "an upgrade and another, on average"
    return outcome


# --- Backups -----------------------------------------------------------------------------------------------------


def back_up_under_load(folder: Path, database: str, fault: str, scale: Scale) -> Outcome:
    """Back up while people take checks, restore each file elsewhere, and look whether it holds whole changes only."""
    with ground(folder, database) as site:
        learners = site.learners(scale.people)
        outcome, files = Outcome(), []
        with site.served() as running, site.checks(running.port, learners, 2) as crowd:
            site.fault = fault
            for number in range(scale.times):
                # Not before there is something that it must hold, and not after everybody has gone.
                wanted = (number * 2 + 1) * len(learners) // (scale.times * 8)
                while len(crowd.heard.done) < wanted and crowd.plays:
                    time.sleep(0.02)
                acknowledged = list(crowd.heard.done)
                file = folder / f"{number}.tar.gz"
                done = site.lms("backup", str(file))
                outcome.expect(done.returncode == 0, f"a backup ended with {done.stderr.strip()[-120:]}")
                files.append((file, acknowledged))
            site.fault = ""
            crowd.finish()
            running.children()
        for number, (file, acknowledged) in enumerate(files):
            outcome.add(_restored(site, file, acknowledged, folder / f"restored-{number}", number))
        outcome.add(judge_checks(site.site, crowd.heard.done))
    outcome.amiss += crowd.heard.failures
    outcome.done = f"{scale.times} backups while {len(learners)} people passed a check; each restored elsewhere"
    outcome.slowest = crowd.heard.slowest
    return outcome


def _restored(site: Ground, file: Path, acknowledged: list[str], data: Path, number: int) -> Outcome:
    """Restore a backup into another place; what was acknowledged before it began has to be in it."""
    url = site.server.create(f"restored_{number}") if site.server else ""
    there = Ground(site.folder, Site(app_of(settings_for(data, url)), settings_for(data, url)), site.course)
    there.server = site.server
    outcome = Outcome()
    done = there.lms("restore", str(file))
    if done.returncode:
        outcome.amiss.append(f"a restore ended with {(done.stderr or done.stdout).strip()[-160:]}")
        return outcome
    outcome = judge_checks(there.site, acknowledged)
    with there.site.inside():
        outcome.notes.append(f"{db.session.scalar(sa.select(sa.func.count()).select_from(Result))} results in one")
    let_go(there.site)
    return outcome
