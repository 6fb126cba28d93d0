"""Whose write comes next: nobody waits without end, races are run again, and reading goes on meanwhile."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Integer, bindparam, select, text, update

from lms.accounts.records import Programme
from lms.foundation import db as database
from lms.foundation.db import connection_of_write, db, write, write_if_free
from lms.foundation.statements.prepared import run_prepared
from lms.foundation.turns import BRIEF_SECONDS, LOST_RACE, PATIENCE_SECONDS, WAITING_MOST, Busy, queued_since
from tests.builders.learning import COURSE
from tests.conftest import Site
from tests.inspector import BASE
from tests.postgres import Cluster


def locked(site: Site) -> sqlite3.Connection:
    """Hold the database's lock, as a backup or a shell of somebody else may."""
    holder = sqlite3.connect(site.settings.data / "sidelight.db", isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    return holder


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    began = time.monotonic()
    result = call()
    return result, time.monotonic() - began


def test_while_something_else_holds_the_lock_writers_are_told_in_time_and_readers_do_not_wait(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    patience = 2.0
    monkeypatch.setattr(database, "PATIENCE_SECONDS", patience)
    sam = sqlite_site.visitor("sam")
    form = sam.get("/account").form("/account")
    fields = dict(form.fields) | {"display_name": "Sam Okafor"}

    def save(accept: str = "text/html") -> Any:
        browser = sqlite_site.app.test_client()
        for cookie in sam.browser._cookies.values():  # type: ignore[attr-defined]
            browser.set_cookie(cookie.key, cookie.value, domain=cookie.domain)
        return browser.post("/account", base_url=BASE, data=fields, headers={"Origin": BASE, "Accept": accept})

    holder = locked(sqlite_site)
    try:
        with ThreadPoolExecutor(12) as pool:
            saving = [pool.submit(timed, save) for _ in range(8)]
            saving.append(pool.submit(timed, lambda: save("application/json")))
            time.sleep(0.5)
            for path in ("/courses", COURSE, "/account", "/support"):
                page, seconds = timed(lambda path=path: sam.browser.get(path, base_url=BASE))
                assert page.status_code == 200
                assert seconds < 3, path
            told = [done.result() for done in saving]
    finally:
        holder.rollback()
        holder.close()
    for reply, seconds in told:
        assert reply.status_code == 503
        assert reply.headers["Retry-After"] == "5"
        assert seconds < patience + 3
    assert sum(seconds > patience - 1 for _reply, seconds in told) <= WAITING_MOST
    assert "We’re busy just now" in told[0][0].text and "isn’t saved yet" in told[0][0].text
    assert told[8][0].json["happened"] and told[8][0].json["next"]
    assert save().status_code == 303
    assert dict(sam.get("/account").form("/account").fields)["display_name"] == "Sam Okafor"


def test_what_a_page_can_leave_out_does_not_wait_for_the_lock(sqlite_site: Site) -> None:
    holder = locked(sqlite_site)
    try:
        with sqlite_site.inside():
            done, seconds = timed(lambda: write_if_free(lambda: None))
    finally:
        holder.rollback()
        holder.close()
    assert not done and seconds < BRIEF_SECONDS + 0.5
    with sqlite_site.inside():
        assert write_if_free(lambda: None)


# Seconds that a request waited for a thread, and the longest that it may wait for its turn after that.
WAITED = {PATIENCE_SECONDS - 1: 2.0, PATIENCE_SECONDS + 3: BRIEF_SECONDS + 1}


def save_after(site: Site, seconds: float) -> None:
    """See a write of a request refused that waited for a thread before."""
    mark = queued_since.set(time.monotonic() - seconds)
    try:
        with site.inside(), pytest.raises(Busy):
            write(count_up)
    finally:
        queued_since.reset(mark)


def test_a_request_that_waited_for_a_thread_does_not_wait_as_long_again_for_its_turn(sqlite_site: Site) -> None:
    holder = locked(sqlite_site)
    try:
        for waited, most in WAITED.items():
            assert timed(lambda waited=waited: save_after(sqlite_site, waited))[1] < most
    finally:
        holder.rollback()
        holder.close()


def count_up() -> None:
    """Read and write what everybody else reads and writes as well."""
    programme = db.session.scalars(select(Programme).where(Programme.slug == "meadow")).one()
    time.sleep(0.001)
    db.session.execute(
        update(Programme).where(Programme.slug == "meadow").values(name=str(_number(programme.name) + 1))
    )


def _number(name: str) -> int:
    return int(name) if name.isdigit() else 0


def counted(site: Site) -> int:
    with site.inside():
        return _number(db.session.scalars(select(Programme.name).where(Programme.slug == "meadow")).one())


def together(app: Flask, people: int, each: int) -> list[BaseException]:
    """Let people write the same row at once; return what went amiss."""
    amiss: list[BaseException] = []
    start = threading.Barrier(people)

    def one() -> None:
        start.wait()
        for _ in range(each):
            with app.app_context():
                try:
                    write(count_up)
                except Exception as error:
                    amiss.append(error)

    threads = [threading.Thread(target=one) for _ in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return amiss


@pytest.fixture
def postgres_site(postgres: Cluster, filled_postgres: str, tmp_path: Path) -> Any:
    from tests.conftest import app_of, settings_for

    url = postgres.clone(filled_postgres)
    settings = settings_for(tmp_path / "data", url)
    site = Site(app_of(settings), settings)
    yield site
    with site.app.app_context():
        db.session.remove()
        db.engine.dispose()
    postgres.drop(url)


@pytest.mark.postgres
@pytest.mark.usefixtures("as_in_many_processes")
def test_people_who_write_the_same_at_once_all_come_through(postgres_site: Site) -> None:
    assert together(postgres_site.app, 3, 60) == []
    assert counted(postgres_site) == 180


@pytest.mark.postgres
@pytest.mark.usefixtures("as_in_many_processes")
def test_writes_outlast_a_database_that_ends_every_connection(postgres_site: Site, postgres: Cluster) -> None:
    done = threading.Event()
    name = postgres_site.settings.database_url.partition("@/")[2].partition("?")[0]

    def restart() -> None:
        with postgres.connect() as operator:
            while not done.wait(0.15):
                operator.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))

    restarting = threading.Thread(target=restart)
    restarting.start()
    try:
        amiss = together(postgres_site.app, 3, 60)
    finally:
        done.set()
        restarting.join()
    # Whoever was cut off in the middle of a commit is told so, as nobody can know whether it was kept; nobody else is.
    assert not [one for one in amiss if getattr(getattr(one, "orig", None), "sqlstate", None) in LOST_RACE]
    assert len(amiss) <= 9
    assert 180 - len(amiss) <= counted(postgres_site) <= 180


@pytest.mark.postgres
def test_writers_of_one_process_take_turns_on_postgres_and_lose_no_race(
    postgres_site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "lms.db"):
        assert together(postgres_site.app, 3, 20) == []
    assert counted(postgres_site) == 60 and "retrying a write" not in caplog.text


@pytest.mark.postgres
def test_a_write_that_lost_a_race_to_another_server_runs_again_before_those_that_came_later(
    postgres_site: Site,
) -> None:
    runs: list[str] = []
    began, app = threading.Event(), postgres_site.app

    def later() -> None:
        began.wait()
        with app.app_context():
            write(lambda: runs.append("later"))

    def first() -> None:
        runs.append("first")
        name = db.session.scalars(select(Programme.name).where(Programme.slug == "meadow")).one()
        if not began.is_set():
            with psycopg.connect(postgres_site.settings.database_url.replace("+psycopg", "")) as other_server:
                other_server.execute("UPDATE programme SET name = 'Meadows' WHERE slug = 'meadow'")
            began.set()
            time.sleep(0.1)
        db.session.execute(update(Programme).where(Programme.slug == "meadow").values(name=f"{name} too"))

    waiting = threading.Thread(target=later)
    waiting.start()
    with app.app_context():
        write(first)
    waiting.join()
    assert runs == ["first", "first", "later"]


@pytest.mark.postgres
def test_a_prepared_statement_whose_connection_was_ended_is_run_again(postgres_site: Site, postgres: Cluster) -> None:
    ask = select(bindparam("number", type_=Integer))
    runs = []

    def act() -> int:
        (backend,) = connection_of_write().execute(text("SELECT pg_backend_pid()")).one()
        runs.append(backend)
        if len(runs) == 1:
            with postgres.connect() as operator:
                operator.execute("SELECT pg_terminate_backend(%s)", (backend,))
        return int(run_prepared(ask, {"number": 7})[0][0])

    assert postgres_site.do(act) == 7
    assert len(runs) == 2 and len(set(runs)) == 2


@contextmanager
def held_on_postgres(site: Site) -> Iterator[None]:
    with site.app.app_context():
        holder = db.engine.connect()
    holder.execute(text("SELECT 1 FROM programme FOR UPDATE"))
    try:
        yield
    finally:
        holder.rollback()
        holder.close()


@pytest.mark.postgres
def test_a_lock_that_somebody_else_holds_on_postgres_ends_the_wait_as_well(postgres_site: Site) -> None:
    with held_on_postgres(postgres_site):
        began = time.monotonic()
        with postgres_site.inside(), pytest.raises(Busy):
            write(count_up)
        assert time.monotonic() - began < PATIENCE_SECONDS + 1


@pytest.mark.postgres
def test_on_postgres_what_was_waited_for_a_thread_counts_as_well(postgres_site: Site) -> None:
    with held_on_postgres(postgres_site):
        for waited, most in WAITED.items():
            assert timed(lambda waited=waited: save_after(postgres_site, waited))[1] < most
    with postgres_site.inside():
        assert db.session.execute(text("SHOW lock_timeout")).scalar() == "5s"
