"""`python -m tests.bench.people 10000 100000`: what a coordinator's pages cost with nearly so many people in one list.

CPU time of a request, the middle of a few dozen, because the machine may do other things meanwhile. `--postgres`
measures on a throw-away PostgreSQL and adds the CPU time of its processes. docs/performance.md keeps the figures.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import select, text

from lms.accounts.records import Person
from lms.app import at_work, create_app
from lms.coordination.board import actions as board
from lms.foundation.config.settings import read_settings
from lms.foundation.db import db, write
from tests.bench.cost import Cost, Meter, cookie_of
from tests.fill.filling import fill
from tests.inspector import BASE
from tests.postgres import cluster

PFA = "psychological-first-aid"
ROUNDS, FILE_ROUNDS = 25, 3
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
    "search with a status that 1 in 8 has": "?q=zoe&state=expired",
    "search with a rare status": "?q=zoe&state=withdrawn",
    "search for two words with a rare status": "?q=zoe+osei&state=withdrawn",
    "search with a status of nobody": "?q=zoe&state=ready",
    "search with expired certificates": "?q=osei&certificate=expired",
    "one status, common": "?state=completed",
    "one status, rare": "?state=withdrawn",
    "withdrawn certificates": "?certificate=withdrawn",
    "two statuses": "?state=renew_by&state=expired",
    "valid certificates": "?certificate=valid",
    "one person": "/{middle}",
}


def measure(people: int, url: str, folder: Path) -> None:
    """Fill a site and print what each page costs: CPU time, wall time of 19 in 20, and statements."""
    values = {"LMS_DATA": str(folder), "LMS_BASE_URL": BASE, **({"LMS_DATABASE_URL": url} if url else {})}
    fill(people, values, block=people)
    app = create_app(read_settings(values))
    with at_work(app):
        began = time.process_time()
        write(board.rebuild)
        print(f"  every status written again: {time.process_time() - began:.1f} s of CPU")
        if url:
            # PostgreSQL's own clean-up does this within a minute of so many changes.
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as apart:
                apart.execute(text("VACUUM ANALYZE"))
        query = select(Person.public_id).where(Person.email == f"sam{people // 2 + 1}@example.org")
        words = {"middle": db.session.scalar(query), "course": PFA, "some": people // 3}
    headers, meter, browser = (
        {"Cookie": cookie_of(app, "cora@example.org")},
        Meter(app),
        app.test_client(use_cookies=False),
    )
    listed = f"{BASE}/programmes/harbour/people"
    for name, address in PAGES.items():
        path = listed + address.format(**words)
        _tell(name, meter.measure(lambda _round, path=path: browser.get(path, headers=headers), ROUNDS))  # type: ignore[misc]
    for kind in ("csv", "xlsx"):
        path = f"{listed}.{kind}"
        file = meter.measure(lambda _round, path=path: browser.get(path, headers=headers), FILE_ROUNDS, warm=1)  # type: ignore[misc]
        _tell(f"{kind.upper()} file", file)


def _tell(name: str, cost: Cost) -> None:
    costs = f"{cost.cpu:8.1f} ms CPU {cost.p95:9.1f} ms p95"
    print(f"  {name:36} {costs} {cost.statements:4} statements {cost.size / 1000:9.1f} kB")


def main(sizes: Sequence[int], postgres: bool) -> None:
    """Measure a programme of each size."""
    with ExitStack() as stack:
        server = stack.enter_context(cluster()) if postgres else None
        for people in sizes:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            print(f"{people:,} enrolments on {'PostgreSQL' if server else 'SQLite'}, nine in ten in one programme")
            measure(people, server.create(f"people{people}") if server else "", folder)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="+", type=int)
    parser.add_argument("--postgres", action="store_true")
    arguments = parser.parse_args()
    main(arguments.sizes, arguments.postgres)
