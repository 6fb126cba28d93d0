"""Faults that drills have to catch, each as a developer might make it; `plant/sitecustomize.py` plants one by name.

None of this is part of the site. Each function changes modules of a process that was just started.
"""

from __future__ import annotations

import time
from typing import Any


def pass_kept_in_two_steps() -> None:
    """Commit a result by itself, and what follows from it a moment later."""
    from lms.foundation import db
    from lms.learning.check import actions

    announce = actions.announce

    def announce_later(event: Any) -> None:
        if type(event).__name__ == "CoursePassed":
            _commit_so_far(db)
        announce(event)

    actions.announce = announce_later


def _commit_so_far(db: Any) -> None:
    now = db._writing.get()
    db.db.session.flush()
    driver: Any = now.connection.connection.dbapi_connection
    if now.connection.dialect.name == "sqlite":
        driver.execute("COMMIT")
        time.sleep(0.03)
        driver.execute("BEGIN IMMEDIATE")
    else:
        driver.commit()
        time.sleep(0.03)


def email_noted_before_it_left() -> None:
    """Note that an email was sent, and then send it."""
    from lms.foundation.mail import outbox

    send = outbox._send

    def note_first(settings: Any, mail_id: str, deliver: Any) -> None:
        noted: list[Any] = []
        send(settings, mail_id, noted.append)
        time.sleep(0.3)
        for message in noted:
            deliver(message)

    outbox._send = note_first


def commits_wait_in_memory() -> None:
    """Let SQLite leave it to the system when a commit reaches the disk."""
    from lms.foundation import db

    # The last of the pragmas that a connection is opened with.
    db.OVERWRITE = "synchronous=OFF"


def sulks_after_an_error() -> None:
    """Refuse every write for a minute after the database reported an error."""
    from sqlalchemy.exc import DBAPIError, OperationalError

    from lms.foundation import db

    once, until = db._write_once, [0.0]

    def write_once(*args: Any) -> Any:
        if time.monotonic() < until[0]:
            raise OperationalError("", {}, Exception("still sulking"))
        try:
            return once(*args)
        except DBAPIError:
            until[0] = time.monotonic() + 60
            raise

    db._write_once = write_once


def waits_for_a_minute() -> None:
    """Let a write wait for a minute, with a person in front of it."""
    from lms.foundation import db

    db.PATIENCE_SECONDS = 60.0


def sweeps_hold_the_lock() -> None:
    """Let something that the job process does every few seconds hold a lock that every check needs."""
    from sqlalchemy import text

    from lms.foundation.background import jobs
    from lms.foundation.db import connection_of_write, write

    def hold() -> None:
        connection = connection_of_write()
        if connection.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE attempt IN EXCLUSIVE MODE"))
        time.sleep(2.5)

    sweep = jobs.Jobs._sweep

    def hold_and_sweep(self: Any, lane: Any, *, leads: bool) -> None:
        # In a lane that has nothing else to do: that of PDFs would get to it when all of them are made.
        if lane.name == "repositories":
            self._do(lane, lambda: write(hold))
        sweep(self, lane, leads=leads)

    jobs.SWEEP_SECONDS = 1.0
    jobs.Jobs._sweep = hold_and_sweep  # type: ignore[method-assign]


def repeats_are_noted_again() -> None:
    """Write a check into the trail once more when it's sent once more."""
    from lms.foundation.audit import entries
    from lms.learning.check import actions

    get_result = actions.check_records.get_result

    def note_again(attempt_id: str) -> Any:
        entries.record("CheckSubmitted", {"attempt_id": attempt_id})
        return get_result(attempt_id)

    actions.check_records.get_result = note_again


def rests_by_the_calendar() -> None:
    """Leave a mail server alone until a moment of the calendar, however far the clock has moved since."""
    from lms.foundation import clock

    clock.is_ahead = lambda moment, _most: clock.now() < moment


def one_lane_for_everything() -> None:
    """Send the email about each certificate where that is made, before the next one, over and over."""
    from datetime import timedelta

    from lms.certification.pdf import jobs
    from lms.foundation.mail import outbox

    outbox.PAUSE = timedelta(0)
    make = jobs.make_document

    def make_and_send(award_id: str, settings: Any, *more: Any, **how: Any) -> None:
        make(award_id, settings, *more, **how)
        outbox.sweep(settings)

    jobs.make_document = make_and_send


def plain_workers() -> None:
    """Serve with the workers that gunicorn comes with, in which a slow client holds a thread."""
    from gunicorn.workers.gthread import ThreadWorker

    from lms.foundation.web import server

    server.Worker = ThreadWorker  # type: ignore[misc]


def migrates_step_by_step() -> None:
    """Keep each statement of a migration as soon as it has run."""
    from contextlib import contextmanager

    from lms.foundation import migrations

    @contextmanager
    def each_by_itself() -> Any:
        with migrations.db.engine.connect() as connection, migrations._foreign_keys_off(connection):
            yield connection.execution_options(isolation_level="AUTOCOMMIT")

    migrations._whole_transaction = each_by_itself


def backs_up_table_by_table() -> None:
    """Back up what each table holds when its turn comes, and not what all held at one moment."""
    import sqlite3
    from contextlib import closing
    from pathlib import Path

    from lms.foundation.backup import databases

    copy_sqlite = databases.copy_sqlite

    def copy_in_two_steps(url: str, target: Path) -> Any:
        copy_sqlite(url, target)
        time.sleep(0.7)
        with closing(sqlite3.connect(target, isolation_level=None)) as copy:
            copy.execute("ATTACH ? AS site", (str(databases.sqlite_file(url)),))
            copy.execute("DELETE FROM main.audit_entry")
            copy.execute("INSERT INTO main.audit_entry SELECT * FROM site.audit_entry")
        return databases.find_schema(f"sqlite:///{target}")

    def cursor_of_now(connection: Any) -> Any:
        driver = connection.connection.dbapi_connection
        driver.commit()
        time.sleep(0.01)
        return driver.cursor()

    databases.copy_sqlite = copy_in_two_steps
    databases._cursor = cursor_of_now


# --- Several servers (tests/deployment/test_two_hosts.py) ----------------------------------------------------------


def certificates_are_remembered() -> None:
    """Remember in each process what a certificate's page said, as if nobody else could withdraw it."""
    from functools import cache

    from lms.certification.verification import actions

    look_up = actions.look_up
    known = cache(lambda code: look_up(code, ""))
    actions.look_up = lambda code, _mark: known(code)


def everybody_leads() -> None:
    """Let each host do what only the one that leads may do, and give both of them time to begin the same email."""
    from lms.foundation.background import jobs
    from lms.foundation.background.leading import SharedLeading
    from lms.foundation.mail import transport

    to_server = transport._to_server

    def slowly(server: Any, message: Any) -> None:
        to_server(server, message)
        time.sleep(2 * jobs.IDLE_MOST)

    SharedLeading.leads = lambda _self, _lane: True  # type: ignore[method-assign]
    jobs.SWEEP_SECONDS = 0.1
    transport._to_server = slowly


def files_of_its_own() -> None:
    """Keep files on the host itself, whatever storage all of them share."""
    from lms.foundation.storage.files import FileStore

    start = FileStore.__init__

    def without_others(self: Any, folder: Any, _elsewhere: Any = None) -> None:
        start(self, folder, None)

    FileStore.__init__ = without_others  # type: ignore[method-assign]
