"""The world of the tests: a real site on a real database, with people who have names."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import settings as hypothesis_settings
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from lms.accounts import actions as accounts
from lms.accounts import passwords
from lms.accounts.browser_session import let_in
from lms.accounts.passwords import hash_password
from lms.accounts.records import Person, find_person_by_email, find_programme, roles_of
from lms.app import at_work, create_app
from lms.content.model.bundle import from_folder
from lms.foundation import clock
from lms.foundation import db as database
from lms.foundation.background.jobs import Jobs
from lms.foundation.config.settings import Settings, read_settings
from lms.foundation.db import db, write
from lms.foundation.migrations import upgrade
from lms.foundation.per_app import provided
from lms.foundation.storage.files import FileStore
from lms.library import actions as library
from tests.builders.content import course_of
from tests.builders.mail import Box
from tests.inspector import BASE, Inspector, Page
from tests.postgres import Cluster, cluster, quick_place

# How long an example takes depends on what else the machine does; speed is measured by `./dev bench`.
hypothesis_settings.register_profile("sidelight", deadline=None)
hypothesis_settings.load_profile("sidelight")

ROOT = Path(__file__).resolve().parent.parent
PFA = ROOT / "courses" / "psychological-first-aid"
PASSWORD = "lantern-quiet-harbour-42"
PEOPLE = (
    ("sam", "Sam Osei", "learner"),
    ("lena", "Lena Brandt", "learner"),
    ("tara", "Tara Lindqvist", "trainer"),
    ("cora", "Cora Haddad", "coordinator"),
    ("ada", "Ada Novak", "operator"),
)  # and Mina Farah, coordinator of meadow, who has no business in harbour
# The site's own takes 40 ms for a password. Sites that are served in a process of their own have that one.
STRONG_HASHER = passwords._hasher
QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass
class Site:
    """A running site and the people of it."""

    app: Flask
    settings: Settings
    visitors: dict[str, Inspector] = field(default_factory=dict)

    def stranger(self) -> Inspector:
        """Return somebody without an account."""
        return Inspector(self.app)

    def visitor(self, name: str, own_device: bool = False) -> Inspector:
        """Return somebody who is signed in, with the cookies that the sign-in page would have set."""
        if name not in self.visitors:
            browser = Inspector(self.app, name)
            with self.app.test_request_context("/sign-in", base_url=BASE, environ_base=browser.browser.environ_base):
                assert self.app.preprocess_request() is None
                person = self.person(name)
                assert person.disabled_at is None
                reply = self.app.process_response(let_in(person, own_device, "/courses"))
            browser.browser._update_cookies_from_response("127.0.0.1", "/", reply.headers.getlist("Set-Cookie"))
            self.visitors[name] = browser
        return self.visitors[name]

    def inside(self) -> Any:
        """Stand inside the app, as a command does."""
        return at_work(self.app)

    def person(self, name: str) -> Person:
        """Return somebody's row; call it inside."""
        found = find_person_by_email(f"{name}@example.org")
        assert found is not None
        return found

    def roles(self, person_id: str) -> dict[str, list[str]]:
        """Return somebody's roles by programme; call it inside."""
        return roles_of(person_id)

    def do(self, action: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run one action in its write."""
        with self.inside():
            return write(action, *args, **kwargs)

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """Write down what the database is asked meanwhile."""
        asked: list[str] = []
        with self.app.app_context():
            engine = db.engine

        def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            asked.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        yield asked
        event.remove(engine, "before_cursor_execute", note)

    def work(self) -> None:
        """Do what the job process does in a minute."""
        provided(Jobs, self.app).sweep()


def pytest_configure() -> None:
    """Put the files of tests where saving waits for no disk, and hash the passwords of this process in 0.1 ms."""
    place = quick_place()
    if place:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(place))
    passwords._hasher = QUICK_HASHER


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put browser tests first: one worker keeps them, with one browser and one site, and the others take the rest."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Make what tests share without the event loop of a browser, because some of it starts one of its own."""
    with _own_loop(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Run tests that start an event loop of their own without that of a browser."""
    with _own_loop(item):
        return (yield)


@contextmanager
def _own_loop(item: pytest.Item) -> Iterator[None]:
    """Hide the event loop that Playwright keeps running in a worker, except from tests that use a browser."""
    running = None if item.get_closest_marker("browser") else asyncio._get_running_loop()
    if running is None:
        yield
        return
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(running)


def pytest_collection_finish() -> None:
    """Leave what all tests share out of garbage collections, and collect the garbage of tests less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 10, 10)


class LoadedOnce(BytecodeCache):
    """What templates became, loaded once for all sites of a run: each test makes a site of its own."""

    def __init__(self) -> None:
        self.codes: dict[tuple[str, str], Any] = {}
        self.stored: BytecodeCache | None = None

    def load_bytecode(self, bucket: Bucket) -> None:
        """Bring what this source became before, in this run or an earlier one."""
        bucket.code = self.codes.get((bucket.key, bucket.checksum))
        if bucket.code is None and self.stored is not None:
            self.stored.load_bytecode(bucket)
            self.codes[bucket.key, bucket.checksum] = bucket.code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Remember what this source became."""
        self.codes[bucket.key, bucket.checksum] = bucket.code
        if self.stored is not None:
            self.stored.dump_bytecode(bucket)


loaded_once = LoadedOnce()
compile_rule = Rule.compile
COMPILED = ("arguments", "_parts", "_trace", "_converters", "_build", "_build_unknown")
compiled_rules: dict[tuple[object, ...], dict[str, Any]] = {}


def compile_rule_once(rule: Rule) -> None:
    """Compile an address; what werkzeug makes of one rule serves all apps of a run."""
    key = (rule.rule, rule.subdomain, rule.merge_slashes, repr(rule.defaults))
    if key not in compiled_rules:
        compile_rule(rule)
        compiled_rules[key] = {name: getattr(rule, name) for name in COMPILED}
    vars(rule).update(compiled_rules[key])
    rule._build, rule._build_unknown = (made.__func__.__get__(rule) for made in (rule._build, rule._build_unknown))


Rule.compile = compile_rule_once  # type: ignore[method-assign]


# A statement is compiled once for all sites on one database: SQLAlchemy keeps it by dialect, and by engine or table.
compiled_statements: LRUCache[Any, Any] = LRUCache(1000)
for dialect in (PGDialect_psycopg, SQLiteDialect_pysqlite):
    dialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]
    dialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]


def app_of(settings: Settings) -> Flask:
    """Return the app as it is served, but that its templates and statements are made once for all tests."""
    app = create_app(settings)
    loaded_once.stored, app.jinja_env.bytecode_cache = app.jinja_env.bytecode_cache, loaded_once
    with app.app_context():
        db.engine.update_execution_options(compiled_cache=compiled_statements)
    return app


def settings_for(folder: Path, url: str = "", **more: str) -> Settings:
    """Return settings for a site in a folder."""
    return read_settings({"LMS_DATA": str(folder), "LMS_DATABASE_URL": url, "LMS_REGISTRATION": "open", **more})


def _fill(app: Flask) -> None:
    """Publish the first course and add the people of the tests."""
    bundle = from_folder(PFA)
    course = course_of(bundle, PFA.name)
    secret = hash_password(PASSWORD)
    with at_work(app):
        facts = {"lead": "Ingrid Okafor", "contact": "ingrid@harbour.example", "reply_time": "within two days"}
        harbour = write(accounts.set_programme, "harbour", "Harbour Hospitals", facts, False, touch_hold=True)
        meadow = write(accounts.set_programme, "meadow", "Meadow Schools", {})
        write(library.publish, bundle, course)
        write(library.offer, harbour.id, course.id, True, 0)
        for name, shown, role in PEOPLE:
            write(_add, name, shown, role, harbour.id, secret)
        write(_add, "mina", "Mina Farah", "coordinator", meadow.id, secret)
        db.engine.dispose()


def _keep_media(app: Flask) -> None:
    """Put the pictures of the course where publishing puts them."""
    for path, content in from_folder(PFA).files.items():
        if not path.endswith(".md"):
            provided(FileStore, app).put(content)


def _add(name: str, shown: str, role: str, programme_id: str, secret: str) -> None:
    person = accounts.register(f"{name}@example.org", shown, secret)
    assert isinstance(person, Person)
    if role == "operator":
        accounts.name_operator(person.id)
    else:
        accounts.give_role(person.id, programme_id, role)


@pytest.fixture(scope="session")
def filled_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that was filled once; tests copy it."""
    folder = tmp_path_factory.mktemp("filled")
    app = create_app(settings_for(folder))
    upgrade(app)
    _keep_media(app)
    _fill(app)
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A real PostgreSQL."""
    with cluster() as running:
        yield running


@pytest.fixture(scope="session")
def filled_postgres(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database that was filled once; tests clone it."""
    app = create_app(settings_for(tmp_path_factory.mktemp("filled-pg"), postgres.create("filled")))
    upgrade(app)
    _keep_media(app)
    _fill(app)
    provided(Jobs, app).close()
    return "filled"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def make_site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Makes a site of its own on either database, with settings to taste."""
    made: list[tuple[Flask, Callable[[], None]]] = []

    def make(**more: str) -> Site:
        folder, url, drop = tmp_path / "data", "", lambda: None
        filled: Path = request.getfixturevalue("filled_sqlite")
        if request.param == "sqlite":
            shutil.copytree(filled, folder)
        else:
            shutil.copytree(filled / "files", folder / "files")
            server: Cluster = request.getfixturevalue("postgres")
            url = server.clone(request.getfixturevalue("filled_postgres"))
            drop = partial(server.drop, url)
        settings = settings_for(folder, url, **more)
        app = app_of(settings)
        made.append((app, drop))
        return Site(app, settings)

    yield make
    clock.shift(timedelta(0))
    for app, drop in made:
        provided(Jobs, app).close()
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        drop()


@pytest.fixture
def as_in_many_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the threads of this process write to PostgreSQL beside each other, as those of several processes do."""
    monkeypatch.setattr(database, "one_thread", lambda _until: nullcontext())


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    """A site with Sam, Lena, Tara, Cora and Ada, and the first course published."""
    return make_site()


@pytest.fixture
def make_sqlite_site(filled_sqlite: Path, tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Makes a site of its own on SQLite alone, for what no database can change; a second one has the same data."""
    made: list[Flask] = []

    def make(**more: str) -> Site:
        folder = tmp_path / "data"
        if not folder.exists():
            shutil.copytree(filled_sqlite, folder)
        settings = settings_for(folder, **more)
        made.append(app_of(settings))
        return Site(made[-1], settings)

    yield make
    clock.shift(timedelta(0))
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def sqlite_site(make_sqlite_site: Callable[..., Site]) -> Site:
    """The same site on SQLite alone."""
    return make_sqlite_site()


@pytest.fixture
def strong_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords as a site does, for tests of what that costs."""
    monkeypatch.setattr(passwords, "_hasher", STRONG_HASHER)


@pytest.fixture
def box() -> Iterator[Box]:
    """A mail server on this machine."""
    with Box() as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def sam(site: Site) -> Inspector:
    """Sam, a learner, signed in."""
    return site.visitor("sam")


@pytest.fixture
def cora(site: Site) -> Inspector:
    """Cora, a coordinator, signed in."""
    return site.visitor("cora")


__all__ = ["Inspector", "Page", "Site", "find_programme"]
