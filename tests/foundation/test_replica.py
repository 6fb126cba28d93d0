"""Reports are read at a real streaming replica: nothing that was saved is missed, and nothing is written there."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT

import pytest
from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy.pool import NullPool

from lms.accounts import actions as accounts
from lms.accounts.passwords import hash_password
from lms.accounts.records import Person, find_programme
from lms.foundation.audit.entries import AuditEntry
from lms.foundation.checkup.database import look
from lms.foundation.db import db
from lms.foundation.per_app import provided
from lms.foundation.statements import replica as replicas
from lms.foundation.statements.replica import Replica
from tests.builders.serving import until
from tests.conftest import PASSWORD, Site, app_of, settings_for
from tests.postgres import Cluster, standby

pytestmark = pytest.mark.postgres
LIST, FILE, AUDIT = "/programmes/harbour/people", "/programmes/harbour/people.csv", "/operator/audit"


@dataclass
class Replicated:
    """A site with a replica, which its database's server streams to."""

    site: Site
    replica: Cluster

    @property
    def engine(self) -> Engine:
        engine = provided(Replica, self.site.app).engine
        assert engine is not None
        return engine

    @contextmanager
    def asked(self) -> Iterator[list[str]]:
        """Write down what the replica is asked meanwhile, beside how far it is."""
        asked: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            if "pg_last" not in statement:
                asked.append(statement)

        event.listen(self.engine, "before_cursor_execute", note)
        yield asked
        event.remove(self.engine, "before_cursor_execute", note)

    def run(self, statement: str) -> None:
        with self.replica.connect() as connection:
            connection.execute(statement)

    def has(self, database: str) -> bool:
        """Return whether a database that was made meanwhile has reached the replica."""
        with self.replica.connect() as connection:
            return connection.execute("SELECT FROM pg_database WHERE datname = %s", [database]).fetchone() is not None

    def invite(self, name: str) -> None:
        def add() -> None:
            programme = find_programme("harbour")
            person = accounts.register(f"{name.lower()}@example.org", f"{name} Aziz", hash_password(PASSWORD))
            assert programme is not None and isinstance(person, Person)
            accounts.give_role(person.id, programme.id, "learner")

        self.site.do(add)

    def finding(self) -> str:
        with self.site.inside():
            found = look(self.site.settings)[-1]
            db.session.remove()
        assert found.check == "database.replica"
        return f"{found.text} {found.to_do}".strip()


@pytest.fixture
def replicated(
    filled_sqlite: Path, filled_postgres: str, postgres: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Replicated]:
    # As long as it takes on a machine that does much else.
    monkeypatch.setattr(replicas, "WAIT_SECONDS", 10)
    url = postgres.clone(filled_postgres)
    name = url.partition("@/")[2].partition("?")[0]
    with postgres.connect() as connection:
        # The tests' server says that something is saved before it's written down, which others don't.
        connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = on')
    shutil.copytree(filled_sqlite / "files", tmp_path / "files")
    with standby(postgres) as replica:
        settings = settings_for(tmp_path, url, LMS_REPORTS_DATABASE_URL=replica.url(name))
        found = Replicated(Site(app_of(settings), settings), replica)
        yield found
        with found.site.app.app_context():
            db.session.remove()
            db.engine.dispose()
        found.engine.dispose()
    postgres.drop(url)


def test_reports_are_read_at_the_replica_and_what_is_written_goes_to_the_database(replicated: Replicated) -> None:
    cora, ada = replicated.site.visitor("cora"), replicated.site.visitor("ada")
    for number, (who, path) in enumerate(((cora, LIST), (cora, FILE), (ada, AUDIT))):
        replicated.invite(f"Noor{number}")
        with replicated.asked() as asked:
            page = who.get(path)
        assert any("FROM training_status" in one or "FROM audit" in one or "member" in one for one in asked), path
        assert not any(one.startswith(("INSERT", "UPDATE", "DELETE")) for one in asked)
        assert path == AUDIT or f"Noor{number} Aziz" in page.html
    with replicated.site.inside():
        exports = select(AuditEntry.id).where(AuditEntry.event == "ListExported")
        assert len(db.session.scalars(exports).all()) == 1
    with replicated.asked() as asked:
        cora.get("/programmes/harbour/names-to-confirm")
        cora.get("/account")
    assert asked == []
    with replicated.engine.connect() as connection, pytest.raises(Exception, match="read-only"):
        connection.exec_driver_sql("DELETE FROM person")
    assert replicated.finding() == "The replica for reports is up to date."


def test_a_replica_that_is_behind_is_left_alone_until_it_has_caught_up(
    replicated: Replicated, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    cora = replicated.site.visitor("cora")
    cora.get(LIST)
    monkeypatch.setattr(replicas, "WAIT_SECONDS", 0.2)
    replicated.run("SELECT pg_wal_replay_pause()")
    replicated.invite("Noor")
    with replicated.asked() as asked:
        assert "Noor Aziz" in cora.get(LIST).text
        began = time.monotonic()
        assert "Noor Aziz" in cora.get(LIST).text and time.monotonic() - began < replicas.REST_SECONDS
    assert asked == [] and len(re.findall(r"is \d+ seconds behind; reports are read from", caplog.text)) == 1
    assert re.match(r"The replica for reports is \d+ seconds behind\. Check whether", replicated.finding())
    replicated.run("SELECT pg_wal_replay_resume()")
    monkeypatch.setattr(replicas, "WAIT_SECONDS", 10)
    provided(Replica, replicated.site.app)._rests_until = 0.0
    with replicated.asked() as asked:
        assert "Noor Aziz" in cora.get(LIST).text
    assert asked and replicated.finding() == "The replica for reports is up to date."


def test_a_replica_that_goes_away_is_done_without(replicated: Replicated, caplog: pytest.LogCaptureFixture) -> None:
    cora = replicated.site.visitor("cora")
    cora.get(LIST)
    replicated.invite("Noor")

    stopped: list[bool] = []

    def stop(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if "pg_last" not in statement and not stopped:
            stopped.append(True)
            replicated.replica.stop(SIGINT)

    event.listen(replicated.engine, "before_cursor_execute", stop)
    assert "Noor Aziz" in cora.get(LIST).text and "stopped answering" in caplog.text
    provided(Replica, replicated.site.app)._rests_until = 0.0
    assert "Noor Aziz" in cora.get(FILE).html and "doesn’t answer" in caplog.text
    assert replicated.finding().startswith("The replica for reports doesn’t answer. Start it")


def test_a_database_that_is_no_replica_is_named_and_not_used(
    filled_sqlite: Path, filled_postgres: str, postgres: Cluster, tmp_path: Path
) -> None:
    url = postgres.clone(filled_postgres)
    settings = settings_for(tmp_path, url, LMS_REPORTS_DATABASE_URL=url)
    site = Site(app_of(settings), settings)
    assert "Sam Osei" in site.visitor("cora").get(LIST).text
    with site.inside():
        found = look(settings)[-1]
        assert "names a database that isn’t a replica" in found.text and found.to_do
        db.session.remove()
        db.engine.dispose()
    engine = provided(Replica, site.app).engine
    assert engine is not None
    engine.dispose()
    postgres.drop(url)


def test_a_replica_of_another_site_is_named_and_not_read(
    replicated: Replicated, filled_postgres: str, postgres: Cluster
) -> None:
    other = postgres.clone(filled_postgres)
    name = other.partition("@/")[2].partition("?")[0]
    until(lambda: replicated.has(name))
    replica = provided(Replica, replicated.site.app)
    replicated.engine.dispose()
    replica.engine = create_engine(replicated.replica.url(name), poolclass=NullPool)
    with replicated.asked() as asked:
        replicated.site.visitor("ada").get(AUDIT)
    assert asked == [] and "isn’t a replica" in replicated.finding()
    postgres.drop(other)
