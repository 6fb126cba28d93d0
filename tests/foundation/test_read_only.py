"""A PostgreSQL that can only be read for a while: pages go on, and what can't be saved gets a calm answer."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lms.foundation import clock
from lms.foundation.checkup.database import look
from lms.foundation.db import db, write
from lms.foundation.mail.outbox import OutboxMail, queue_mail
from tests.builders.learning import begin, earn
from tests.builders.serving import serving, until
from tests.conftest import Site, app_of, settings_for
from tests.postgres import Cluster, standby

pytestmark = pytest.mark.postgres
WAIT, CONTINUE = "jobs wait until it can be written again", "the database can be written again; jobs continue"
LESSON = "/courses/psychological-first-aid/lessons/what-pfa-is"


def by_setting(postgres: Cluster, url: str, _stack: ExitStack) -> str:
    """An operator lets nobody write for a while."""
    _run(postgres, url, "SET default_transaction_read_only = on")
    return url


def by_standby(postgres: Cluster, url: str, stack: ExitStack) -> str:
    """The address leads to a replica that nobody has promoted yet."""
    return url.replace(str(postgres.folder), str(stack.enter_context(standby(postgres)).folder))


def _run(postgres: Cluster, url: str, what: str) -> None:
    with postgres.connect() as connection:
        connection.execute(f'ALTER DATABASE "{_name(url)}" {what}')


def _name(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]


@pytest.mark.parametrize("stops", [by_setting, by_standby])
def test_pages_go_on_and_a_form_says_that_it_is_not_saved(
    filled_sqlite: Path, filled_postgres: str, postgres: Cluster, tmp_path: Path, stops: Callable[..., str]
) -> None:
    url = postgres.clone(filled_postgres)
    shutil.copytree(filled_sqlite / "files", tmp_path / "files")
    settings = settings_for(tmp_path, url)
    site = Site(app_of(settings), settings)
    code, lena = earn(site), site.visitor("lena", own_device=True)
    begin(lena)
    page = lena.get(LESSON)
    _close(site)
    with ExitStack() as stack:
        reading = Site(app_of(settings_for(tmp_path, stops(postgres, url, stack))), settings)
        lena.browser.application = reading.app
        # The last visit is a while ago now, which the next page notes if it can.
        stack.callback(clock.shift, timedelta(0))
        clock.shift(timedelta(hours=2))
        assert "What" in lena.get(LESSON).main
        assert "This certificate is valid" in reading.stranger().get(f"/verify/{code}").main
        calm = page.form("/done").submit(expect=503)
        assert "Our database is read-only for the moment" in calm.main
        assert "What you just sent isn’t saved yet" in calm.main
        with reading.inside():
            found = {one.check: one for one in look(settings)}
        assert found["database.writes"].to_do and found["database.version"].to_do == ""
        _run(postgres, url, "RESET default_transaction_read_only")
        # What was opened meanwhile writes again too. A replica that is a primary now has another address.
        lena.browser.application = reading.app if stops is by_setting else site.app
        page.form("/done").submit()
        _close(reading)
    _close(site)
    postgres.drop(url)


def test_jobs_wait_in_one_line_and_continue_without_a_restart(
    filled_sqlite: Path, filled_postgres: str, postgres: Cluster, tmp_path: Path
) -> None:
    url = postgres.clone(filled_postgres)
    shutil.copytree(filled_sqlite, tmp_path / "data")
    with serving(tmp_path / "data", tmp_path / "log", LMS_DATABASE_URL=url) as running:
        before = running.job_process().pid
        _run(postgres, url, "SET default_transaction_read_only = on")
        with postgres.connect() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [_name(url)]
            )
        until(lambda: WAIT in running.said())
        settings = settings_for(tmp_path / "data", url)
        _run(postgres, url, "RESET default_transaction_read_only")
        until(lambda: CONTINUE in running.said())
        site = Site(app_of(settings), settings)
        with site.inside():
            write(queue_mail, settings, "sam@example.org", "A letter", "Hello.", any_hour=True)
        until(lambda: _count_waiting(site) == 0)
        _close(site)
        said = running.said()
        assert said.count(WAIT) == said.count(CONTINUE) == 1 and "ReadOnlySqlTransaction" not in said
        assert running.job_process().pid == before
    postgres.drop(url)


def _count_waiting(site: Site) -> int:
    with site.inside():
        return db.session.scalar(select(func.count()).where(OutboxMail.sent_at.is_(None))) or 0


def _close(site: Site) -> None:
    with site.app.app_context():
        db.session.remove()
        db.engine.dispose()
