"""Drills that kill: web workers while people send checks, and the job process while it makes PDFs and sends email."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
from sqlalchemy import func, select

from lms.certification.awards.document_records import Document
from lms.foundation.db import db
from lms.foundation.mail.outbox import OutboxMail
from tests.conftest import ROOT
from tests.drills.ground import Ground, ground
from tests.drills.judge import judge_checks, judge_documents
from tests.drills.report import Outcome, Scale
from tests.foundation.mail_servers import MailServer, mail_server

# Kills come at moments of chance; nothing secret comes of it.
chance = random.Random()
CLIENTS = 8


def kill_workers(folder: Path, database: str, fault: str, scale: Scale) -> Outcome:
    """Kill web workers with SIGKILL while eight people at a time take a check each."""
    with ground(folder, database, fault) as site:
        return killed_in_submits(site, scale)


def killed_in_submits(site: Ground, scale: Scale) -> Outcome:
    """Kill a web worker again and again until everybody has passed, or so many were killed."""
    learners, kills = site.learners(scale.people), 0
    with site.served() as running, site.checks(running.port, learners, CLIENTS) as crowd:
        while crowd.plays:
            time.sleep(chance.uniform(0.1, 0.5) if scale.people > 50 else chance.uniform(0.02, 0.2))
            workers = running.web_workers()
            if workers and kills < scale.times and crowd.heard.done:
                with suppress(psutil.NoSuchProcess):
                    chance.choice(workers).kill()
                    kills += 1
        running.children()
    heard, outcome = crowd.heard, judge_checks(site.site, crowd.heard.done)
    outcome.done = f"{kills} workers killed while {len(learners)} people passed a check; {heard.again} sent again"
    outcome.slowest = heard.slowest
    outcome.amiss += heard.failures
    outcome.expect(len(heard.done) == len(learners), f"{len(learners) - len(heard.done)} didn’t come to their end")
    outcome.expect(kills == scale.times, f"only {kills} of {scale.times} kills met somebody at work")
    return outcome


def _progress(site: Ground) -> int:
    with site.site.inside():
        made = db.session.scalar(select(func.count()).select_from(Document)) or 0
        sent = db.session.scalar(select(func.count()).where(OutboxMail.sent_at.is_not(None))) or 0
        db.session.remove()
    return made + sent


def _wait_for(true: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def kill_jobs(folder: Path, database: str, fault: str, scale: Scale) -> Outcome:
    """Kill the job process with SIGKILL while it makes certificates and emails their holders."""
    with ground(folder, database, fault) as site, mail_server() as box:
        site.holders(scale.people)
        site.more["LMS_MAIL_URL"] = box.url()
        kills = [_kill_one(site, scale, number) for number in range(scale.times)]
        slowest = _let_work_to_its_end(site, box, scale)
        outcome = judge_documents(site.site, box.letters)
    outcome.done = f"{sum(kills)} job processes killed over {scale.people} certificates and their emails"
    outcome.slowest, outcome.slowest_of = slowest, "the rest of the work"
    outcome.expect(sum(kills) == scale.times, f"only {sum(kills)} of {scale.times} kills met the process at work")
    return outcome


def _start_work(site: Ground) -> subprocess.Popen[bytes]:
    command, environment = site.command("work")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True, **quiet)  # type: ignore[call-overload]


def _kill_one(site: Ground, scale: Scale, number: int) -> bool:
    """Start a job process, let it come a little further, and kill it; return whether it was at work by then."""
    before, process = _progress(site), _start_work(site)
    # Whatever there is is spread over all kills.
    step = max(1, scale.people * 2 // (scale.times * 2))
    further = _wait_for(lambda: _progress(site) >= before + chance.randint(1, step), 60)
    time.sleep(chance.uniform(0, 0.08))
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return further


def _let_work_to_its_end(site: Ground, box: MailServer, scale: Scale) -> float:
    """Let a last job process do what is left; return the seconds it took."""
    began, process = time.monotonic(), _start_work(site)
    try:
        _wait_for(lambda: _progress(site) >= 2 * scale.people, 120)
        time.sleep(1.0)
    finally:
        process.terminate()
        process.wait(30)
    return time.monotonic() - began - 1.0
