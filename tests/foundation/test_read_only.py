"""A PostgreSQL that can only be read for a while: pages go on, and what can't be saved gets a calm answer."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from lms.foundation import clock
from lms.foundation.checkup.database import look
from lms.foundation.db import db
from tests.builders.learning import begin, earn
from tests.conftest import Site, app_of, settings_for
from tests.postgres import Cluster, standby

pytestmark = pytest.mark.postgres
LESSON = "/courses/psychological-first-aid/lessons/what-pfa-is"


def by_setting(postgres: Cluster, url: str, _stack: ExitStack) -> str:
    """An operator lets nobody write for a while."""
    _run(postgres, url, "SET default_transaction_read_only = on")
    return url


def by_standby(postgres: Cluster, url: str, stack: ExitStack) -> str:
    """The address leads to a replica that nobody has promoted yet."""
    return url.replace(str(postgres.folder), str(stack.enter_context(standby(postgres)).folder))


def _run(postgres: Cluster, url: str, what: str) -> None:
    name = url.partition("@/")[2].partition("?")[0]
    with postgres.connect() as connection:
        connection.execute(f'ALTER DATABASE "{name}" {what}')


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
        _close(reading)
    _run(postgres, url, "RESET default_transaction_read_only")
    lena.browser.application = site.app
    page.form("/done").submit()
    _close(site)
    postgres.drop(url)


def _close(site: Site) -> None:
    with site.app.app_context():
        db.session.remove()
        db.engine.dispose()
