"""`python -m tests.bench.people 10000 100000`: what a coordinator's pages cost with so many people in one programme.

CPU time of a request, the middle of a few dozen, because the machine may do other things meanwhile. `--postgres`
measures on a throw-away PostgreSQL and adds the CPU time of its processes. docs/performance.md keeps the figures.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from flask import Flask
from sqlalchemy import event, insert, select, text

from lms.accounts import actions as accounts
from lms.accounts.browser_session import let_in
from lms.accounts.members.records import Member, keys_of
from lms.accounts.passwords import hash_password
from lms.accounts.records import Membership, Person, find_person_by_email
from lms.app import at_work, create_app
from lms.certification.awards.codes import new_code
from lms.certification.awards.records import Award
from lms.cli.courses import publish_folder
from lms.coordination.board import actions as board
from lms.foundation import clock, ids
from lms.foundation.config.settings import read_settings
from lms.foundation.db import db, write
from lms.foundation.migrations import upgrade
from lms.learning.progress.records import Enrolment
from lms.library.records import list_current_digests
from tests.bench.site import PFA
from tests.inspector import BASE
from tests.postgres import cluster

ROUNDS, FILE_ROUNDS, STEP = 25, 3, 2000
FIRST = ("Ana", "Zoë", "Łukasz", "Sam", "Amina", "Bo", "Chidi", "Dara", "Élodie", "Farah", "Goran", "Hana", "Ida")
LAST = ("Osei", "Brandt", "Haddad", "Nguyễn", "Silva", "Petit", "Okafor", "Young", "Nowak", "Rossi", "Kaya", "Diaz")
PAGES = {
    "list": "",
    "list, a page in the middle": "?after={middle}/{course}",
    "search, a common word": "?q=sam",
    "search, a name late in the alphabet": "?q=zoe",
    "search, two common words": "?q=zoe+osei",
    "search, a rare word": "?q=sam{some}",
    "search, nobody": "?q=nobodyofthisname",
    "search with a common status": "?q=zoe&state=completed",
    "search with two statuses": "?q=osei&state=renew_by&state=expired",
    "search with a rare status": "?q=zoe&state=withdrawn",
    "search with a status of nobody": "?q=zoe&state=ready",
    "search with expired certificates": "?q=osei&certificate=expired",
    "one status, common": "?state=completed",
    "one status, rare": "?state=withdrawn",
    "withdrawn certificates": "?certificate=withdrawn",
    "two statuses": "?state=renew_by&state=expired",
    "valid certificates": "?certificate=valid",
    "one person": "/{middle}",
}


def site_with(people: int, url: str, folder: Path) -> tuple[Flask, str]:
    """Return a site with so many people in one programme and the cookie of their coordinator."""
    values = {"LMS_DATA": str(folder), "LMS_BASE_URL": BASE, **({"LMS_DATABASE_URL": url} if url else {})}
    app = create_app(read_settings(values))
    upgrade(app)
    with at_work(app):
        facts = {"lead": "Tara Lindqvist", "contact": "tara@example.org", "reply_time": "a day"}
        harbour = write(accounts.set_programme, "harbour", "Harbour", facts, None)
        publish_folder(PFA, harbour.id, True, 0)
        cora = write(accounts.register, "cora@example.org", "Cora Haddad", hash_password("a password for nobody"))
        write(accounts.give_role, cora.id, harbour.id, "coordinator")
        chance, digest = random.Random(people), list_current_digests()[-1]
        for start in range(0, people, STEP):
            write(_add, chance, harbour.id, digest, range(start, min(start + STEP, people)))
        began = time.process_time()
        write(board.rebuild)
        print(f"  every status written again: {time.process_time() - began:.1f} s of CPU")
        if url:
            # PostgreSQL's own clean-up does this within a minute of such an import.
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as apart:
                apart.execute(text("VACUUM ANALYZE"))
            # One process for each connection, so that `_Cpu` sees all that a statement costs.
            setting = f'ALTER DATABASE "{db.engine.url.database}" SET max_parallel_workers_per_gather = 0'
            db.session.execute(text(setting))
            db.session.commit()
            db.engine.dispose()
    with app.test_request_context("/sign-in", base_url=BASE):
        app.preprocess_request()
        found = find_person_by_email("cora@example.org")
        assert found is not None
        reply = app.process_response(let_in(found, True, "/courses"))
    return app, reply.headers["Set-Cookie"].partition(";")[0]


def _add(chance: random.Random, programme_id: str, digest: str, numbers: Sequence[int]) -> None:
    """Add people with the statuses of a programme that has run for two years, by their rows."""
    now, today = clock.now(), clock.today("UTC")
    rows: dict[type[Any], list[dict[str, Any]]] = {Person: [], Membership: [], Member: [], Enrolment: [], Award: []}
    for number in numbers:
        name = f"{chance.choice(FIRST)} {chance.choice(LAST)} {chance.choice(LAST)}"
        person = _person(number, name, now)
        here = {"programme_id": programme_id, "person_id": person["id"]}
        search, order = keys_of(name, person["email"], f"A-{number}")
        member = {"search_key": search, "sort_key": order, "staff_number": f"A-{number}", "joined_at": now}
        rows[Person].append(person)
        rows[Membership].append(here | {"id": ids.inner_id(), "role": "learner", "created_at": now})
        rows[Member].append(here | member)
        if number % 10 == 0:
            continue
        enrolment = here | {"id": ids.inner_id(), "course_id": PFA.name, "minor_line": "1.1", "started_at": now}
        rows[Enrolment].append(enrolment)
        if number % 10 > 2:
            passed = today - timedelta(days=chance.randint(1, 760))
            award = _award(here, enrolment["id"], name, digest, passed)
            rows[Award].append(award | {"withdrawn_at": now if number % 500 == 7 else None})
    for table, found in rows.items():
        db.session.execute(insert(table), found)


def _person(number: int, name: str, now: datetime) -> dict[str, Any]:
    person = {"id": ids.inner_id(), "public_id": ids.public_id(), "email": f"sam{number}@example.org"}
    return (
        person
        | {"display_name": name, "joined_as": name, "certificate_name": name}
        | {
            "password_hash": "",
            "created_at": now,
        }
    )


def _award(here: dict[str, str], enrolment_id: str, name: str, digest: str, passed: date) -> dict[str, Any]:
    award = here | {"id": ids.inner_id(), "code": new_code(), "enrolment_id": enrolment_id, "current_for": enrolment_id}
    course = {"course_id": PFA.name, "digest": digest, "version": "1.1.0", "title": "PFA", "name": name}
    facts = {"minutes": 60, "score": 80, "safety": True, "practice": 1}
    days = {"passed_on": passed, "valid_until": passed + timedelta(days=730), "issued_at": clock.now()}
    return award | course | days | {"facts": facts, "waiting": False}


def measure(app: Flask, cookie: str, people: int) -> None:
    """Print what each page costs: CPU time, wall time of 19 in 20, and statements."""
    browser = app.test_client(use_cookies=False)
    listed = f"{BASE}/programmes/harbour/people"
    with at_work(app):
        query = select(Person.public_id).where(Person.email == f"sam{people // 2 + 1}@example.org")
        words = {"middle": db.session.scalar(query), "course": PFA.name, "some": people // 3}
    for name, address in PAGES.items():
        _tell(name, app, partial(browser.get, listed + address.format(**words), headers={"Cookie": cookie}), ROUNDS)
    for kind in ("csv", "xlsx"):
        file = partial(browser.get, f"{listed}.{kind}", headers={"Cookie": cookie})
        _tell(f"{kind.upper()} file", app, file, FILE_ROUNDS)


class _Cpu:
    """CPU seconds of this process and of the PostgreSQL processes that serve it."""

    def __init__(self, app: Flask) -> None:
        self.files: list[Path] = []
        with at_work(app):
            if db.engine.dialect.name == "postgresql":
                # Not those of autovacuum, which come and go by themselves.
                serving = "datname = current_database() AND backend_type = 'client backend'"
                pids = db.session.scalars(text(f"SELECT pid FROM pg_stat_activity WHERE {serving}"))
                self.files = [Path(f"/proc/{pid}/schedstat") for pid in pids]

    def read(self) -> float:
        """Return the seconds used so far; of the database, nanoseconds as Linux counts them (schedstat)."""
        return time.process_time() + sum(int(file.read_text().split()[0]) for file in self.files) / 1e9


def _tell(name: str, app: Flask, ask: Callable[[], Any], rounds: int) -> None:
    asked: list[str] = []

    def note(*call: Any) -> None:
        asked.append(call[2])

    with at_work(app):
        engine = db.engine
    ask().close()
    event.listen(engine, "before_cursor_execute", note)
    reply = ask()
    size = len(reply.get_data())
    event.remove(engine, "before_cursor_execute", note)
    assert reply.status_code == 200, (name, reply.status)
    used, lasted, cpu = [], [], _Cpu(app)
    for _round in range(rounds):
        began, clocked = cpu.read(), time.perf_counter()
        ask().get_data()
        used.append(cpu.read() - began)
        lasted.append(time.perf_counter() - clocked)
    costs = f"{median(used) * 1000:8.1f} ms CPU {quantiles(lasted, n=20)[-1] * 1000:9.1f} ms p95"
    print(f"  {name:36} {costs} {len(asked):4} statements {size / 1000:9.1f} kB")


def main(sizes: Sequence[int], postgres: bool) -> None:
    """Measure a programme of each size."""
    with ExitStack() as stack:
        server = stack.enter_context(cluster()) if postgres else None
        for people in sizes:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            print(f"{people:,} people on {'PostgreSQL' if server else 'SQLite'}")
            app, cookie = site_with(people, server.create(f"people{people}") if server else "", folder)
            measure(app, cookie, people)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="+", type=int)
    parser.add_argument("--postgres", action="store_true")
    arguments = parser.parse_args()
    main(arguments.sizes, arguments.postgres)
