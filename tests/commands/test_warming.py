"""What is opened before workers are forked: real pages, nothing written, and no request in the log."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable
from typing import Any

import pytest
from flask import request, request_finished
from sqlalchemy import func, select

from lms.cli.serving.warming import warm_up
from lms.foundation.db import Base, db
from lms.foundation.logs.setup import access_log
from lms.foundation.statements import prepared
from tests.conftest import Site


def count_rows(site: Site) -> dict[str, int]:
    with site.app.app_context():
        return {
            name: db.session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
        }


def test_first_pages_are_opened_and_leave_nothing_behind(
    make_sqlite_site: Callable[..., Site], caplog: pytest.LogCaptureFixture
) -> None:
    site = make_sqlite_site(LMS_ACCESS_LOG="yes")
    opened: list[tuple[str, int]] = []

    def note(_app: Any, response: Any, **_more: Any) -> None:
        opened.append((request.path, response.status_code))

    before = count_rows(site)
    with request_finished.connected_to(note, site.app), caplog.at_level(logging.INFO):
        access_log.addHandler(caplog.handler)
        try:
            warm_up(site.app)
        finally:
            gc.unfreeze()
            access_log.removeHandler(caplog.handler)
    assert [path for path, _status in opened[:3]] == ["/", "/sign-in", "/verify"]
    assert "/lessons/" in opened[-1][0] and {status for _path, status in opened} == {200}
    with site.app.app_context():
        assert db.engine.pool.checkedin() == db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    # Workers that were forked with it open would share it, and SQLite forbids that.
    assert prepared._own.connection is None
    assert count_rows(site) == before
    assert not [record for record in caplog.records if " ms" in record.getMessage()]
