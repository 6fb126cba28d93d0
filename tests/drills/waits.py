"""Drills of waiting: somebody else holds the database's lock, or the mail server takes emails and never answers."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select, text

from lms.certification.awards.document_records import Document
from lms.foundation.db import db
from lms.foundation.mail.outbox import OutboxMail
from tests.bench.load import Reply, request
from tests.bench.walk import token_script
from tests.builders.learning import COURSE
from tests.drills.ground import Ground, Learner, ground
from tests.drills.judge import judge_checks, judge_documents
from tests.drills.report import Outcome, Scale
from tests.drills.visitors import Heard, Readers, Visitor
from tests.foundation.mail_servers import mail_server

# A write waits five seconds, and whoever sent it is told at once then.
TOLD_WITHIN, READ_WITHIN = 7.0, 1.5
# As many as one worker lets wait.
PATIENT = 3


@contextmanager
def foreign_lock(site: Ground) -> Iterator[None]:
    """Hold the lock that every write needs, as a shell or a backup of somebody else may."""
    if site.is_sqlite:
        holder = sqlite3.connect(site.data / "sidelight.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            holder.rollback()
            holder.close()
    else:
        with site.site.app.app_context():
            connection = db.engine.connect()
        connection.execute(text("LOCK TABLE attempt IN EXCLUSIVE MODE"))
        try:
            yield
        finally:
            connection.rollback()
            connection.close()


def open_check(learner: Learner, token: str) -> bytes:
    """Return the bytes of the form that opens somebody's check."""
    return request("POST", f"{COURSE}/check", learner.cookie, f"form_token={token}")


def token_of(port: int, learner: Learner) -> str:
    """Return the form token of somebody's course page."""
    tokens: list[str] = []
    Visitor(port, Heard()).play("", token_script(COURSE, learner.cookie, tokens))
    return tokens[0]


def hold_lock(folder: Path, database: str, fault: str, scale: Scale) -> Outcome:
    """Hold the lock for 4 s and for 20 s, with people who save and people who read."""
    with ground(folder, database, fault) as site:
        learners = site.learners(PATIENT + scale.people)
        with site.served() as running:
            few, many = learners[:PATIENT], learners[PATIENT:]
            # Those few wait in one worker or in both, and all of them come through.
            shortly = 4.0 if scale.seconds >= 20 else 1.0
            outcome = _held(site, running.port, few, shortly, {303})
            outcome.add(_held(site, running.port, many, scale.seconds, {503}))
            with site.checks(running.port, learners, PATIENT) as crowd:
                crowd.finish()
            running.children()
        outcome.add(judge_checks(site.site, crowd.heard.done))
        outcome.amiss += crowd.heard.failures
        outcome.expect(len(crowd.heard.done) == len(learners), "not everybody could save afterwards")
    outcome.done = f"lock held for {shortly:g} s over {PATIENT} forms and for {scale.seconds:g} s over {len(many)}"
    return outcome


def _held(site: Ground, port: int, learners: list[Learner], seconds: float, wanted: set[int]) -> Outcome:
    sent = [open_check(learner, token_of(port, learner)) for learner in learners]
    outcome = Outcome()
    with Readers(port, [COURSE, "/courses", "/support"], learners[0].cookie) as readers:
        with ThreadPoolExecutor(len(sent)) as pool, foreign_lock(site):
            until = time.monotonic() + seconds
            asked = [pool.submit(_timed, port, one) for one in sent]
            time.sleep(max(0.0, until - time.monotonic()))
        answers = [one.result() for one in asked]
    statuses = {reply.status if reply else 0 for reply, _seconds in answers}
    outcome.expect(statuses <= wanted, f"forms were answered {sorted(statuses)} over a lock of {seconds:g} s")
    outcome.slowest = max(seconds for _reply, seconds in answers)
    outcome.within(outcome.slowest, TOLD_WITHIN, "an answer to a form")
    outcome.expect(readers.statuses() == {200}, f"pages were answered {sorted(readers.statuses())}")
    outcome.within(readers.slowest, READ_WITHIN, "a page")
    calm = all(reply.header("Retry-After") == "5" for reply, _seconds in answers if reply and reply.status == 503)
    outcome.expect(calm, "a refusal didn’t say when to come back")
    return outcome


def _timed(port: int, sent: bytes) -> tuple[Reply | None, float]:
    began = time.monotonic()
    reply = Visitor(port, Heard()).ask_once(sent)
    return reply, time.monotonic() - began


# --- A mail server that never answers ----------------------------------------------------------------------------


def hang_mail(folder: Path, database: str, fault: str, scale: Scale) -> Outcome:
    """Let the mail server take connections and say nothing, while people earn certificates; then let it answer."""
    with mail_server(silent=True) as server, ground(folder, database, fault) as site:
        learners = site.learners(scale.people)
        site.more["LMS_MAIL_URL"] = server.url()
        with site.served() as running, site.checks(running.port, learners, PATIENT) as crowd:
            began = time.monotonic()
            crowd.finish()
            made = _until(site, lambda: _count_documents(site) >= len(learners), scale.seconds)
            took = time.monotonic() - began
            unsent, calls = _count_sent(site), server.heard.connections
            server.manner.silent = False
            # An email that the silent server was given waits two minutes, and the lane looks once a minute.
            arrived = _until(site, lambda: _count_sent(site) >= len(learners), 200)
            running.children()
        outcome = judge_documents(site.site, server.letters)
        outcome.add(judge_checks(site.site, crowd.heard.done))
    outcome.amiss += crowd.heard.failures
    outcome.expect(made, f"not every certificate was there after {scale.seconds:g} s")
    outcome.expect(unsent == 0, "emails were noted as sent to a server that said nothing")
    outcome.expect(arrived, "the emails didn’t leave once the server answered")
    outcome.expect(calls <= 2 + took / 60, f"the silent server was called {calls} times in {took:.0f} s")
    outcome.done = f"a silent mail server beside {len(learners)} certificates; then one that answers"
    outcome.slowest, outcome.slowest_of = took, "all PDFs"
    return outcome


def _until(_site: Ground, true: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
    return True


def _count_documents(site: Ground) -> int:
    with site.site.inside():
        return db.session.scalar(select(func.count()).select_from(Document)) or 0


def _count_sent(site: Ground) -> int:
    with site.site.inside():
        return db.session.scalar(select(func.count()).where(OutboxMail.sent_at.is_not(None))) or 0
