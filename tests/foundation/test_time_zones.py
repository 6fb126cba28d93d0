"""Days are those of the site's time zone for people, and of UTC in files, wherever the database server is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from lms.accounts.events import AccountDeleted
from lms.foundation import clock
from lms.foundation.audit.entries import AuditEntry
from lms.foundation.backup.databases import list_erased
from lms.foundation.db import db, write
from lms.foundation.events import announce
from tests.builders.learning import earn
from tests.conftest import Site, app_of, settings_for
from tests.postgres import Cluster

# Half past ten in the morning of the next day in Auckland.
EVENING = datetime(2027, 1, 14, 21, 30, tzinfo=UTC)


@pytest.mark.postgres
def test_a_deletion_has_the_day_that_its_entry_says(filled_postgres: str, postgres: Cluster, tmp_path: Path) -> None:
    url = postgres.clone(filled_postgres)
    with postgres.connect() as connection:
        connection.execute(
            f"ALTER DATABASE {url.partition('@/')[2].partition('?')[0]} SET timezone = 'Pacific/Auckland'"
        )
    site = Site(app_of(settings_for(tmp_path, url)), settings_for(tmp_path, url))
    clock.shift(EVENING - datetime.now(UTC) + timedelta(seconds=1))
    with site.inside():
        write(announce, AccountDeleted("somebody"))
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "AccountDeleted")).one()
        assert entry.at - EVENING < timedelta(minutes=1)
        assert [erasure.day for erasure in list_erased(url)] == [EVENING.date()]
        db.session.remove()
        db.engine.dispose()
    clock.shift(timedelta(0))
    postgres.drop(url)


def test_an_attempt_has_the_day_that_it_was_for_whoever_made_it(make_sqlite_site: Callable[..., Site]) -> None:
    site = make_sqlite_site(LMS_TIMEZONE="Pacific/Auckland")
    clock.shift(EVENING - datetime.now(UTC))
    earn(site)
    page = site.visitor("sam").get("/courses/psychological-first-aid/check")
    assert "15 January 2027" in page.main and "14 January 2027" not in page.main
