"""Pages and sweeps cost the same however many people, programmes and certificates a site has."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lms.accounts.invitations.actions import invite
from lms.accounts.records import find_programme
from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.per_app import get_or_make
from lms.retention import LONG_AGO, Doubt, NextRun
from tests.builders.mail import at_noon
from tests.conftest import Site, app_of, settings_for
from tests.flat.growing_site import grow, list_visits, open_all, sweep_all
from tests.flat.sending import send_all
from tests.flat.watching import Watched, Watcher, shape_of, whole_scans
from tests.house.matrix import NO_PROVIDER, furnish

# People and programmes, each more than a page of them.
SMALL, LARGE = (60, 55), (240, 110)
# What counts as the same: a list of badges or units has a few more entries.
MORE, STEPS_MORE = 1.5, 1500
# The most that a sweep changes in one write, and for how long it works on it while everybody else waits for the lock.
ROWS_A_WRITE, SECONDS_A_WRITE = 2000, 0.05
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
    "programme: SCAN programme USING COVERING INDEX ix_programme_country": "which countries there are, for operators",
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
    "version_closing": "a few times a minute by day: older versions of courses that close",
}
# One looks once more at the entries of the last ten minutes, here all of them; one reads what was asked for in the
# last weeks, of which there is twice as much; and one runs once an hour.
BESIDES = (
    "seal_if_ours(settings))",
    "batch_jobs.sweep(settings, designs),",
    "retention.sweep(settings, delete_person),",
)
# Pages that take more steps in a larger site, and why.
GROWS = {
    "/account/data/download": "everything of one person, and what they did to others",
    "/operator/accounts as ada for lena example.org": "people with each word are counted up to 2,000, for the rarest",
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


# How many statements are asked when a check is started, and when it's sent and brings a certificate.
STATEMENTS_MOST = {"/courses/<course>/check": 5, "/checks/<attempt>/submit": 16}


@dataclass(frozen=True)
class Seen:
    """What each page and sweep asked of a small site and of a larger one, and the file of the larger one's database."""

    small: dict[str, Watched]
    large: dict[str, Watched]
    sweeps_small: dict[str, Watched]
    sweeps_large: dict[str, Watched]
    # Two passes over the larger site: one that does what waits, and one when everything is old.
    busy: tuple[dict[str, Watched], dict[str, Watched]]
    # What people send most often, by route.
    sent_small: dict[str, Watched]
    sent_large: dict[str, Watched]
    file: Path


@pytest.fixture(scope="module")
def seen(filled_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    ahead = at_noon()
    folder = tmp_path_factory.mktemp("flat") / "data"
    shutil.copytree(filled_sqlite, folder)
    settings = settings_for(folder, **NO_PROVIDER)
    site = Site(app_of(settings), settings)
    world, watcher, visits = furnish(site), Watcher(site.app), list_visits()
    people, programmes = SMALL
    with site.inside():
        harbour = find_programme("harbour")
    assert harbour is not None
    site.do(invite, harbour.id, "learner", "invited@example.org")
    grow(world, range(1, people), range(1, programmes))
    small, sent_small = open_all(world, watcher, visits), send_all(site, watcher, "nida")
    _busy, sweeps_small = _sweep_twice(site, watcher)
    grow(world, range(people, LARGE[0]), range(programmes, LARGE[1]))
    large, sent_large = open_all(world, watcher, visits), send_all(site, watcher, "nura")
    busy, sweeps_large = _sweep_twice(site, watcher)
    late = _sweep_later(site, watcher, ahead)
    yield Seen(small, large, sweeps_small, sweeps_large, (busy, late), sent_small, sent_large, folder / "sidelight.db")
    clock.shift(timedelta(0))
    with site.app.app_context():
        db.session.remove()
        db.engine.dispose()


def _sweep_twice(site: Site, watcher: Watcher) -> tuple[dict[str, Watched], dict[str, Watched]]:
    """Return what the database is asked by sweeps that do what waits, and then by those that find little to do."""
    busy = sweep_all(site, watcher)
    with site.inside():
        get_or_make(NextRun).at = LONG_AGO
    return busy, sweep_all(site, watcher)


def _sweep_later(site: Site, watcher: Watcher, ahead: timedelta) -> dict[str, Watched]:
    """Return what sweeps ask once everything is so old that it goes or that somebody is told of it."""
    clock.shift(ahead + timedelta(days=800))
    with site.inside():
        following = get_or_make(NextRun)
        following.at, following.doubt = LONG_AGO, Doubt(datetime.now(UTC), time.monotonic())
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
        if large.steps > seen.small[visit].steps * MORE + STEPS_MORE and not {visit, _page(visit)} & GROWS.keys()
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


def test_no_write_of_a_sweep_keeps_others_waiting(seen: Seen) -> None:
    writes = [(held, name) for sweeps in seen.busy for name, watched in sweeps.items() for held in watched.held]
    long = [(held, name) for held, name in writes if held.rows > ROWS_A_WRITE or held.seconds > SECONDS_A_WRITE]
    assert len(writes) > 30 and long == []


def test_no_form_asks_or_takes_more_in_a_larger_site(seen: Seen) -> None:
    more = {
        route: (len(small.statements), len(large.statements), small.steps, large.steps)
        for route, large in seen.sent_large.items()
        if (small := seen.sent_small[route])
        and (len(large.statements) > len(small.statements) or large.steps > small.steps * MORE + STEPS_MORE)
    }
    assert len(seen.sent_large) > 10 and more == {}


def test_no_question_of_a_form_reads_a_long_table_from_end_to_end(seen: Seen) -> None:
    asked = {shape_of(one): one for watched in seen.sent_large.values() for one in watched.statements}
    with closing(sqlite3.connect(seen.file)) as connection:
        found = {scan: shape for shape, one in asked.items() for scan in whole_scans(connection, one, SHORT)}
    assert len(asked) > 70 and {scan: shape for scan, shape in found.items() if scan not in WHOLE} == {}


def test_a_check_is_started_and_sent_with_few_statements(seen: Seen) -> None:
    asked = {route: seen.sent_large[route].statements for route in STATEMENTS_MOST}
    assert {route: found for route, found in asked.items() if len(found) > STATEMENTS_MOST[route]} == {}
