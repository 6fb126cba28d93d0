"""A database server in another time zone: moments and days are the same as anywhere."""

from __future__ import annotations

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
