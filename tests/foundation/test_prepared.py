"""What a page asks first comes back from the driver as SQLAlchemy would give it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import bindparam, func, insert, literal, select, text
from sqlalchemy.exc import IntegrityError

from lms.accounts.access import session_cookie
from lms.accounts.session_records import VISITOR
from lms.certification.verification import records as verification_records
from lms.foundation.audit.entries import AuditEntry
from lms.foundation.db import db, run, write
from lms.foundation.keys import fingerprint
from lms.foundation.statements import prepared
from lms.foundation.statements.prepared import first_row, run_prepared
from lms.learning.check import records as check_records
from lms.learning.progress import open_page_records
from tests.builders.learning import COURSE, PFA, begin, earn, open_check, pass_check, prepare
from tests.conftest import Site
from tests.postgres import Cluster, sent_to_postgres, trips


def mark_of(site: Site, name: str) -> str:
    with site.inside():
        cookie = site.visitor(name).browser.get_cookie(session_cookie(), "127.0.0.1")
    assert cookie is not None
    return fingerprint(cookie.value)


def test_each_first_question_has_the_same_answer_as_when_sqlalchemy_asks_it(site: Site) -> None:
    code = earn(site)
    begin(site.visitor("lena"))
    attempt = open_check(site.visitor("lena")).path.split("/")[2]
    site.visitor("lena").get(f"{COURSE}/lessons/what-pfa-is")
    marks = [*(mark_of(site, name) for name in ("lena", "sam", "ada")), "nobody’s", "'; drop table person"]
    asked: list[tuple[Any, dict[str, str | None]]] = [
        (query, {"mark": mark, "course": PFA, "attempt": attempt, "code": typed, "misses": "of nobody"})
        for mark in marks
        for typed in (code, "0" * 16)
        for query in (
            VISITOR,
            open_page_records._OPEN_PAGE,
            check_records._OPEN_ATTEMPT,
            verification_records._ENTRY,
        )
    ]
    found = 0
    with site.inside():
        # Whatever listens to all statements takes pages the slow way: let it be told of these by `first_row` instead.
        assert not db.engine.dispatch.before_cursor_execute
        db.session.remove()
        for query, values in asked:
            needed = {name: values[name] for name in query.compile(dialect=db.engine.dialect).params if name in values}
            with db.engine.connect() as connection:
                expected = connection.execute(query, needed).first()
            wanted = None if expected is None else tuple(expected)
            # The first asks the driver, and the second asks in another way if that doesn't answer.
            assert prepared._ask(db.engine, query, needed) == first_row(query, needed) == wanted
            found += expected is not None
    assert found > len(asked) / 2


ADD = insert(AuditEntry.__table__)  # type: ignore[arg-type]
READ = select(AuditEntry.__table__).where(AuditEntry.__table__.c.id == bindparam("id"))


def entry(name: str) -> dict[str, Any]:
    at = datetime(2026, 3, 14, 9, 26, 53, 589, tzinfo=timezone(timedelta(hours=2)))
    who = {"actor_id": None, "person_id": "sam", "programme_id": "harbour"}
    return {"id": name, "at": at, "event": "CoursePassed", "facts": {"of": ["é", 1, None]}, **who}


def test_what_a_check_writes_is_stored_and_read_as_sqlalchemy_does_it(site: Site) -> None:
    def act() -> None:
        run_prepared(ADD, entry("by the driver"))
        run_prepared(ADD, [entry("one of two"), entry("two of two")])
        run(ADD, entry("by sqlalchemy"))
        read = [run_prepared(READ, {"id": name})[0] for name in ("by the driver", "two of two", "by sqlalchemy")]
        usual = [tuple(run(READ, {"id": name}).one()) for name in ("by the driver", "two of two", "by sqlalchemy")]
        assert read == usual
        assert len({repr(row[1:]) for row in read}) == 1
        # What the session has still to write is seen, too.
        db.session.get_one(AuditEntry, "one of two").event = "CheckSubmitted"
        assert run_prepared(READ, {"id": "one of two"})[0][2] == "CheckSubmitted"

    with site.inside():
        assert not db.engine.dispatch.before_cursor_execute
    site.do(act)


def test_a_rule_of_the_database_is_told_as_by_sqlalchemy_and_nothing_is_written(site: Site) -> None:
    def act() -> None:
        run_prepared(ADD, entry("once"))
        run_prepared(ADD, entry("once"))

    with pytest.raises(IntegrityError) as told:
        site.do(act)
    assert "sam" not in str(told.value)
    with site.inside():
        assert db.session.get(AuditEntry, "once") is None


def test_a_value_that_nobody_gave_is_not_left_out_in_silence(sqlite_site: Site) -> None:
    without = {name: value for name, value in entry("x").items() if name != "id"}
    with pytest.raises(TypeError, match="given every value"):
        sqlite_site.do(run_prepared, ADD, without)


@pytest.mark.parametrize("make_site", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_a_first_question_is_sent_alone_and_outlasts_a_lost_connection(
    site: Site, postgres: Cluster, tmp_path: Path
) -> None:
    ask = select(func.pg_backend_pid())
    with site.inside():
        db.session.remove()
        with sent_to_postgres(tmp_path) as sent:
            [backend], [again] = first_row(ask, {}) or (), first_row(ask, {}) or ()
        assert backend == again and "pg_backend_pid" in sent() and "BEGIN" not in sent()
        with postgres.connect() as operator:
            operator.execute("SELECT pg_terminate_backend(%s)", (backend,))
        [other] = first_row(ask, {}) or ()
    assert other != backend


def test_a_page_whose_database_is_gone_says_so_calmly(sqlite_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    sam = sqlite_site.visitor("sam")
    begin(sam)
    with sqlite_site.app.app_context():
        db.engine.dispose()
    (sqlite_site.settings.data / "sidelight.db").write_bytes(b"not a database at all" * 400)
    sam.get(f"{COURSE}/lessons/what-pfa-is", expect=503)


@pytest.mark.parametrize("make_site", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_a_page_that_ends_lets_the_server_keep_what_it_has_prepared(site: Site) -> None:
    names = text("SELECT statement FROM pg_prepared_statements")
    with site.inside():
        db.engine.dispose()
        first_row(select(func.pg_backend_pid()), {})
        for _page in range(2):
            prepared_so_far = list(db.session.scalars(names))
            db.session.remove()
            assert [statement for statement in prepared_so_far if "pg_backend_pid" in statement]
        # What isn't one of a few fixed ones is planned for its values, however often it's asked.
        for number in range(12):
            db.session.scalar(select(literal(number)))
        assert len(list(db.session.scalars(names))) == len(prepared_so_far)


@pytest.mark.parametrize("make_site", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_what_returns_nothing_is_sent_with_what_follows(site: Site, tmp_path: Path) -> None:
    def act() -> None:
        run_prepared(ADD, entry("first"))
        run_prepared(ADD, [entry("second"), entry("third")])
        assert len(run_prepared(READ, {"id": "third"})) == 1
        run_prepared(ADD, entry("fourth"))
        assert db.session.get(AuditEntry, "fourth")
        run_prepared(ADD, entry("last"))

    with site.inside(), sent_to_postgres(tmp_path) as sent:
        write(act)
        # The start, the question with what was before it, twice, and the end with the last.
        assert trips(sent()) <= 6, sent()
        assert db.session.get(AuditEntry, "last")


@pytest.mark.parametrize("make_site", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_what_the_server_refuses_of_several_is_told_once_and_without_values(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    def act() -> None:
        run_prepared(ADD, [entry("once"), entry("once"), entry("another")])
        run_prepared(READ, {"id": "another"})

    with pytest.raises(IntegrityError) as told:
        site.do(act)
    assert "once" not in str(told.value) and "pipeline" not in caplog.text
    with site.inside():
        assert db.session.get(AuditEntry, "another") is None


@pytest.mark.parametrize("make_site", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
@pytest.mark.parametrize("lost", ["at once", "after a question", "with what waits"])
def test_a_write_whose_connection_is_lost_before_its_end_is_done_again(
    site: Site, postgres: Cluster, lost: str
) -> None:
    runs = []

    def act() -> None:
        runs.append(lost)
        if lost == "after a question":
            db.session.scalar(select(literal(1)))
        driver: Any = db.session.connection().connection.dbapi_connection
        if len(runs) == 1:
            with postgres.connect() as operator:
                operator.execute("SELECT pg_terminate_backend(%s)", (driver.info.backend_pid,))
        if lost == "with what waits":
            run_prepared(ADD, entry("kept"))
        db.session.scalar(select(literal(2)))

    site.do(act)
    assert len(runs) == 2


@pytest.mark.parametrize("make_site", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_a_check_that_brings_a_certificate_is_sent_in_a_few_round_trips(site: Site, tmp_path: Path) -> None:
    first, second = prepare(site, "lena"), prepare(site, "sam")
    with site.inside(), sent_to_postgres(tmp_path) as sent:
        # The first one finds nothing prepared yet.
        pass_check(site, first)
        before = sent()
        pass_check(site, second)
        asked = sent().removeprefix(before)
    assert "INSERT INTO award" in before and "'CertificateIssued'" in asked
    # Three writes ask whether the connection is still there, and start. Nine questions, of which six decide about the
    # certificate, and three ends.
    assert trips(asked) <= 22, asked
