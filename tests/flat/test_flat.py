"""Pages and sweeps cost the same however many people, programmes and certificates a site has."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.per_app import get_or_make
from lms.retention import LONG_AGO, NextRun
from tests.conftest import Site, app_of, settings_for
from tests.flat.growing_site import grow, list_visits, open_all, sweep_all
from tests.flat.watching import Watched, Watcher, shape_of, whole_scans
from tests.house.matrix import NO_PROVIDER, furnish

# People and programmes, each more than a page of them.
SMALL, LARGE = (60, 55), (240, 110)
# What counts as the same: pages fill up, and a list of badges or units has a few more entries.
MORE, STEPS_MORE = 1.5, 1500
# Tables that stay short, whatever the number of people and programmes.
SHORT = {
    "bundle",
    "course_line",
    "review",
    "version",
    "withdrawn_course",  # as many as there are courses and versions of them
    "status_list",  # one for each hundred thousand badges
    "signing_key",  # one a few years
    "misses",  # of two days, and read whole by nobody but somebody who takes their own data along
}
# Statements that read a table from end to end for a page that few people open, and why.
WHOLE = {
    "outbox_mail: SCAN outbox_mail USING INDEX ix_outbox_mail_waiting": "what waits to be sent, and nothing that was",
    "person: SCAN person USING INDEX ix_person_operator": "who runs the site, and nobody else",
    "programme: SCAN programme USING INDEX sqlite_autoindex_programme_1": "programmes to choose from, for operators",
    "account_ending: SCAN account_ending USING COVERING INDEX sqlite_autoindex_account_ending_1": "of one month",
    "name_request: SCAN name_request USING COVERING INDEX sqlite_autoindex_name_request_1": "names that are asked for",
    "assignment_extension: SCAN assignment_extension USING INDEX ix_assignment_extension_waiting": "requests that wait",
}
# Tables that a sweep reads from end to end, and why.
SWEPT_WHOLE = {
    "account_ending": "once an hour: closed accounts of one month",
    "account_merge": "once an hour: accounts that were merged",
    "draft": "once an hour: drafts, which people write",
    "draft_revision": "once an hour: what was changed in drafts",
    "publication": "once an hour: drafts that were to be published",
    "assignment_mail": "emails that aren't all written yet, by an index of them alone",
    "batch": "what was asked for in the last weeks",
    "line_note": "one row for each support line",
    "programme": "whom people can talk to, copied for when the database doesn't answer",
    "roster_import": "files of the last weeks",
}
# One looks once more at the entries of the last ten minutes, here all of them; one reads what was asked for in the
# last weeks, of which there is twice as much; and one runs once an hour.
BESIDES = (
    "seals.seal_entries(settings.data),",
    "batch_jobs.sweep(settings, designs),",
    "retention.sweep(settings, delete_person),",
)
# Pages that take more steps in a larger site, and why.
GROWS = {
    "/account/data/download": "everything of one person, and what they did to others",
    "/operator/audit": "all programmes, to choose one",
    "/operator/courses/<course>": "all programmes, to choose one",
    "/operator/programmes": "how many people each programme has, counted by an index",
    "/programmes/<programme>/assignments/<assignment>": "how many are asked; of many people it is kept for a moment",
    "/programmes/<programme>/assignments/<assignment>/people.csv": "a file of everybody",
    "/programmes/<programme>/batches/<batch>": "how many of what was asked for are done",
    "/programmes/<programme>/people": "the list in numbers; of many people they are kept for a moment",
    "/programmes/<programme>/people.csv": "a file of everybody",
    "/programmes/<programme>/people.xlsx": "a file of everybody",
    "/programmes/<programme>/regrades/<regrade>": "how many results were marked again",
    "/programmes/<programme>/units": "how many people each unit has",
    "/programmes/<programme>/units/<unit>/remove": "how many people the unit has",
    "/programmes/<programme>/writing/courses/<course>/withdraw": "how many certificates of the course are valid",
    "/programmes/<programme>/writing/figures/<course>/<question>/regrade": "every check is marked again to see it",
    "/programmes/<programme>/writing/figures/<course>/what-if": "every check is marked again to see it",
    "/programmes/<programme>/writing/reviews": "requests for reviews that weren't answered",
}


@dataclass(frozen=True)
class Seen:
    """What each page and sweep asked of a small site and of a larger one, and the file of the larger one's database."""

    small: dict[str, Watched]
    large: dict[str, Watched]
    sweeps_small: dict[str, Watched]
    sweeps_large: dict[str, Watched]
    file: Path


@pytest.fixture(scope="module")
def seen(filled_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    folder = tmp_path_factory.mktemp("flat") / "data"
    shutil.copytree(filled_sqlite, folder)
    settings = settings_for(folder, **NO_PROVIDER)
    site = Site(app_of(settings), settings)
    world, watcher, visits = furnish(site), Watcher(site.app), list_visits()
    people, programmes = SMALL
    grow(world, range(1, people), range(1, programmes))
    small, sweeps_small = open_all(world, watcher, visits), _sweep_twice(site, watcher)
    grow(world, range(people, LARGE[0]), range(programmes, LARGE[1]))
    large, sweeps_large = open_all(world, watcher, visits), _sweep_twice(site, watcher)
    yield Seen(small, large, sweeps_small, sweeps_large, folder / "sidelight.db")
    clock.shift(timedelta(0))
    with site.app.app_context():
        db.session.remove()
        db.engine.dispose()


def _sweep_twice(site: Site, watcher: Watcher) -> dict[str, Watched]:
    """Do what waits; return what the database is asked by sweeps that find little to do, as in most minutes."""
    sweep_all(site, watcher)
    with site.inside():
        get_or_make(NextRun).at = LONG_AGO
    return sweep_all(site, watcher)


def _page(visit: str) -> str:
    return visit.partition(" as ")[0]


def test_no_page_asks_more_questions_of_a_larger_site(seen: Seen) -> None:
    more = {
        visit: (len(seen.small[visit].statements), len(large.statements))
        for visit, large in seen.large.items()
        if len(large.statements) > len(seen.small[visit].statements) and _page(visit) not in GROWS
    }
    assert more == {}


def test_no_page_takes_more_steps_in_a_larger_site(seen: Seen) -> None:
    more = {
        visit: (seen.small[visit].steps, large.steps)
        for visit, large in seen.large.items()
        if large.steps > seen.small[visit].steps * MORE + STEPS_MORE and _page(visit) not in GROWS
    }
    assert more == {}


def test_no_question_of_a_page_reads_a_long_table_from_end_to_end(seen: Seen) -> None:
    asked = {shape_of(one): one for watched in seen.large.values() for one in watched.statements}
    with closing(sqlite3.connect(seen.file)) as connection:
        found = {scan: shape for shape, one in asked.items() for scan in whole_scans(connection, one, SHORT)}
    assert len(asked) > 200 and {scan: shape for scan, shape in found.items() if scan not in WHOLE} == {}


def test_no_sweep_asks_or_takes_more_in_a_larger_site(seen: Seen) -> None:
    more = {
        name: (len(small.statements), len(large.statements), small.steps, large.steps)
        for name, large in seen.sweeps_large.items()
        if (small := seen.sweeps_small[name])
        and (len(large.statements) > len(small.statements) or large.steps > small.steps * MORE + STEPS_MORE)
        and not name.endswith(BESIDES)
    }
    assert more == {}


def test_no_question_of_a_sweep_reads_a_long_table_from_end_to_end(seen: Seen) -> None:
    asked = {shape_of(one): one for watched in seen.sweeps_large.values() for one in watched.statements}
    with closing(sqlite3.connect(seen.file)) as connection:
        found = {scan: shape for shape, one in asked.items() for scan in whole_scans(connection, one, SHORT)}
    assert len(asked) > 20
    assert {scan: shape for scan, shape in found.items() if scan.partition(":")[0] not in SWEPT_WHOLE} == {}
