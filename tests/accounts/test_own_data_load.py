"""Taking one's own data along asks little of the database, and holds nobody else up."""

from __future__ import annotations

import re
import threading
import zipfile
from dataclasses import replace
from io import BytesIO
from typing import Any

from sqlalchemy import event, insert

from lms.foundation import clock, ids
from lms.foundation.audit.entries import AuditEntry, list_of_person
from lms.foundation.db import db
from lms.foundation.hooks import Hooks
from lms.foundation.per_app import provide, provided
from tests.builders.learning import earn
from tests.conftest import Site
from tests.inspector import BASE

FILE = "/account/data/download"
# Tables that stay short, whatever the number of people: nothing is gained by an index.
SHORT = {"programme", "offering", "bundle", "signing_key", "misses", "invitation"}


def plans(site: Site, ask: Any) -> list[str]:
    """Return how SQLite looks each table up for the statements of a request."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        asked.append((statement, parameters))

    with site.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    found = []
    with engine.connect() as connection:
        for statement, parameters in asked:
            if statement.lstrip().upper().startswith(("SELECT", "WITH")):
                rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                found += [f"{row[3]}: {statement}" for row in rows]
    return found


def test_no_table_is_read_from_end_to_end(sqlite_site: Site) -> None:
    earn(sqlite_site, document=True)
    sam = sqlite_site.visitor("sam").browser
    found = plans(sqlite_site, lambda: sam.get(FILE, base_url=BASE, buffered=True))
    assert found
    scans = [plan for plan in found if plan.startswith("SCAN ") and "SCAN CONSTANT" not in plan]
    long = [plan for plan in scans if re.match(r"SCAN (\w+)", plan)[1] not in SHORT]  # type: ignore[index]
    assert long == []


def entries(about: str | None, actor: str | None, number: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"f{index:07}-{ids.inner_id()[9:]}",
            "at": clock.now(),
            "event": "PracticeObserved",
            "actor_id": actor,
            "person_id": about,
            "programme_id": None,
            "facts": {"number": index},
        }
        for index in range(number)
    ]


def test_everything_about_somebody_and_by_them_is_there_once_and_in_order(site: Site) -> None:
    with site.inside():
        sam, lena = site.person("sam").id, site.person("lena").id
        before = len(list_of_person(sam))
        pairs = ((sam, lena), (lena, sam), (sam, sam), (None, sam), (lena, lena))
        rows = [row for about, actor in pairs * 3 for row in entries(about, actor, 1)]
        db.session.execute(insert(AuditEntry), rows)
        found = list_of_person(sam)
        assert len(found) == before + 12
        assert [row.id for row in found] == sorted({row.id for row in found})
        db.session.rollback()


def test_whoever_did_very_much_gets_the_newest_and_is_told_so(sqlite_site: Site) -> None:
    with sqlite_site.inside():
        cora = sqlite_site.person("cora").id
        db.session.execute(insert(AuditEntry), entries(None, cora, 10_050))
        db.session.commit()
    reply = sqlite_site.visitor("cora").browser.get(FILE, base_url=BASE, buffered=True)
    sheet = zipfile.ZipFile(BytesIO(reply.data)).read("csv/what-happened.csv").decode("utf-8-sig")
    assert '""number"": 10049' in sheet and '""number"": 49}' not in sheet
    assert "10,000" in sheet


def test_one_file_is_made_at_a_time_and_others_are_told_when_to_come_back(sqlite_site: Site) -> None:
    sam, lena = sqlite_site.visitor("sam").browser, sqlite_site.visitor("lena").browser
    started, go_on = threading.Event(), threading.Event()
    replies: list[Any] = []
    hooks = provided(Hooks, sqlite_site.app)

    def slow_export(person_id: str) -> Any:
        started.set()
        go_on.wait(20)
        return hooks.export_person(person_id)

    provide(sqlite_site.app, replace(hooks, export_person=slow_export))
    thread = threading.Thread(target=lambda: replies.append(sam.get(FILE, base_url=BASE, buffered=True)))
    thread.start()
    try:
        assert started.wait(20)
        for _ in range(2):
            busy = lena.get(FILE, base_url=BASE, buffered=True)
            assert (busy.status_code, busy.headers["Retry-After"]) == (503, "5")
            assert "We’re busy just now" in busy.text
    finally:
        go_on.set()
        thread.join()
    assert replies[0].status_code == 200
    assert lena.get(FILE, base_url=BASE, buffered=True).status_code == 200
