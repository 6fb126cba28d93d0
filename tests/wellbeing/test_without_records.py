"""Pausing and support lines answer in one request when the database does not: stopped, gone or locked."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from lms.accounts import actions as accounts
from lms.app import create_app
from lms.foundation import db as database
from lms.foundation.config.settings import Settings
from lms.foundation.db import db
from lms.foundation.per_app import provided
from tests.conftest import Inspector, Site, _fill, _keep_media, settings_for
from tests.postgres import cluster

MOST_SECONDS = 1.0


@pytest.fixture(autouse=True)
def _answering() -> Iterator[None]:
    """Begin and end each test with a database that is asked."""
    database._silent_until = 0.0
    yield
    database._silent_until = 0.0


def pages_still_answer(browser: Inspector, first_most: float = MOST_SECONDS) -> str:
    """Open all that must not need the database, each within its time; return the support page's words."""
    found, most = "", first_most
    for path in ("/support?place=GB", "/pause", "/leaving", "/support"):
        began = time.monotonic()
        page = browser.get(path)
        assert time.monotonic() - began < most, path
        assert page.links()["Support lines"] or page.links()["Pause"]
        found = page.main if path.startswith("/support") else found
        most = MOST_SECONDS
        if path == "/support?place=GB":
            assert "116 123" in page.main and "999" in page.main
    with browser.browser.get("/static/css/site.css") as style:
        assert style.status_code == 200
    return found


def dispose(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_with_the_database_file_gone_bad_sam_still_finds_lines_and_her_programmes_lead(sqlite_site: Site) -> None:
    sqlite_site.do(accounts.set_programme, "harbour", None, {"contact": "peer@harbour.example", "country": "GB"})
    sam, stranger = sqlite_site.visitor("sam"), sqlite_site.stranger()
    sam.get("/support")
    dispose(sqlite_site.app)
    for old in sqlite_site.settings.data.glob("sidelight.db*"):
        old.unlink()
    (sqlite_site.settings.data / "sidelight.db").mkdir()
    words = pages_still_answer(sam)
    assert "Ingrid Okafor" in words and "116 123" in words
    assert "Ingrid Okafor" not in pages_still_answer(stranger)
    sam.get("/courses", expect=503)


def test_with_the_database_locked_the_pages_come_after_one_wait_at_most(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    dispose(sqlite_site.app)
    holder = sqlite3.connect(sqlite_site.settings.data / "sidelight.db", isolation_level=None)
    holder.execute("PRAGMA locking_mode=EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    try:
        pages_still_answer(sam, first_most=7.0)
        pages_still_answer(sqlite_site.stranger())
    finally:
        holder.close()


@pytest.mark.postgres
def test_with_postgresql_stopped_the_pages_answer(tmp_path: Path) -> None:
    with cluster() as server:
        app = create_app(settings_for(tmp_path / "data", server.create("stopped")))
        from lms.foundation.migrations import upgrade

        upgrade(app)
        _keep_media(app)
        _fill(app)
        site = Site(app, provided(Settings, app))
        sam = site.visitor("sam")
        assert "Ingrid Okafor" in sam.get("/support").main
    words = pages_still_answer(sam)
    assert "Ingrid Okafor" in words
    pages_still_answer(site.stranger())
    sam.get("/courses", expect=503)
    dispose(app)
