"""What `./dev fill` makes is what real actions make: the same rows, whole in themselves, and pages that answer."""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, func, select

from lms.accounts.records import Membership, Person, Programme
from lms.app import at_work
from lms.certification.awards.records import Award
from lms.certification.verification.trail_check import list_without_event
from lms.coordination.board.actions import compare, count_miscounted
from lms.coordination.board.status_records import TrainingStatus
from lms.coordination.board.sum_records import StatusCount
from lms.foundation.audit.check import verify_trail
from lms.foundation.db import Base, db
from lms.foundation.keys import find_audit_key
from lms.learning.progress.records import Enrolment
from tests.conftest import Site, app_of, settings_for
from tests.fill.copying import NOT_COPIED, UUID, tables
from tests.fill.filling import Filled, fill
from tests.fill.lives import LIVES
from tests.fill.stores import Row, opened
from tests.inspector import Inspector

ENROLMENTS = 400
STAFF = re.compile(r"(ada|cora|lead|tara)\d*q?@")
_DAY = re.compile(r"\d+ [A-Z][a-z]+ \d{4}")
# What a cell can be, where it isn't the same as in the life that was played.
KINDS = {
    "inner id": UUID,
    "64 hexadecimal digits": re.compile(r"[0-9a-f]{64}"),
    "certificate code": re.compile(r"[0-9A-Z]{16}"),
    "16 characters": re.compile(r"[\w-]{16}"),
    "address": re.compile(r"[\w.]+@[\w.]+"),
    "Message-ID": re.compile(r"<[\w.]+@[\w.]+>"),
    "moment": re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[\d.+:]*"),
    "day": re.compile(r"\d{4}-\d\d-\d\d"),
    "number": re.compile(r"[A-Z]?-?\d+"),
}
# Places that are drawn for each badge, and bytes that stand in for what is signed.
OWN = {("credential", "list_number"), ("credential", "list_index"), ("document", "content"), ("credential", "content")}


@dataclass
class World:
    """A site that was filled, its rows as the database has them, and which of them were played."""

    site: Site
    filled: Filled
    rows: dict[str, list[Row]]

    def played(self, table: Table) -> set[Row]:
        """Return the rows of a table that real actions made."""
        return {row for found, row in self.filled.snapshots if found is table}


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.slow])]
)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A site with some hundred people, filled once."""
    folder = tmp_path_factory.mktemp("filled")
    url = request.getfixturevalue("postgres").create("fill") if request.param == "postgres" else ""
    settings = settings_for(folder, url)
    filled = fill(ENROLMENTS, {"LMS_DATA": str(folder), **({"LMS_DATABASE_URL": url} if url else {})})
    with opened(settings.database_url, ()) as store:
        rows = {table.name: store.rows(table) for table in tables()}
    site = Site(app_of(settings), settings)
    yield World(site, filled, rows)
    with site.app.app_context():
        db.session.remove()
        db.engine.dispose()


def kind_of(cell: Any, known: set[Any]) -> Any:
    """Return what a cell is: the very value that was played, or of which kind."""
    if cell in known or not isinstance(cell, str):
        return cell
    return next((name for name, pattern in KINDS.items() if pattern.fullmatch(cell)), "words")


def test_every_copied_row_is_of_a_kind_that_was_played(world: World) -> None:
    for table in tables():
        played = world.played(table)
        columns = [column.name for column in table.columns]
        known = [{row[place] for row in played} for place in range(len(columns))]
        # A value of one life only is a name or a key, so that a copy of it is known by its kind.
        kinds = [{kind_of(cell, set()) for cell in cells} for cells in known]
        for row in world.rows[table.name]:
            for place, cell in enumerate(row):
                if (table.name, columns[place]) in OWN:
                    continue
                found = kind_of(cell, known[place])
                assert found in known[place] or found in kinds[place], (table.name, columns[place], cell)


def shape_of(table: Table, row: Row) -> tuple[bool, ...]:
    return tuple(cell is None for cell in row)


def test_copied_learners_leave_out_what_played_learners_leave_out_and_nothing_else(world: World) -> None:
    shown, staff = 0, {row[0] for row in world.rows["person"] if STAFF.match(row[2])}
    for table in tables():
        played = world.played(table)
        copied = [row for row in world.rows[table.name] if row not in played and not staff.intersection(row)]
        played = {row for row in played if not staff.intersection(row)}
        if not copied:
            continue
        shown += 1
        missing = {shape_of(table, row) for row in copied} - {shape_of(table, row) for row in played}
        assert not missing, (table.name, [column.name for column in table.columns], missing)
    assert shown > 15, shown


def test_each_life_has_as_many_rows_of_each_table_as_its_copies(world: World) -> None:
    """Count rows by enrolment in tables from which the site deletes nothing."""
    counted = ("lesson_done", "practice_done", "attempt", "result", "award", "credential", "document", "render_request")
    of_enrolment: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(counted, 0))
    awards = {row[0]: row[4] for row in world.rows["award"]}
    attempts = {row[0]: row[2] for row in world.rows["attempt"]}
    for name in counted:
        for row in world.rows[name]:
            first = row[2] if name == "attempt" else row[4] if name == "award" else row[0]
            of_enrolment[attempts.get(first, awards.get(first, first))][name] += 1
    ids = {life.name: world.filled.patterns.learners[life.name][1] for life in LIVES}
    own = {row[0] for row in world.rows["enrolment"] if row[2] in ids.values()}
    shapes = {tuple(of_enrolment[enrolment].items()) for enrolment in own}
    copies = {tuple(of_enrolment[row[0]].items()) for row in world.rows["enrolment"]}
    assert copies == shapes and len(shapes) > 4


def test_what_was_filled_is_whole(world: World) -> None:
    settings, filled = world.site.settings, world.filled
    if settings.database_url.startswith("sqlite"):
        with closing(sqlite3.connect(settings.data / "sidelight.db")) as connection:
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    with at_work(world.site.app):
        assert db.session.scalar(select(func.count()).select_from(Enrolment)) == filled.enrolments
        assert filled.enrolments in {ENROLMENTS, ENROLMENTS + 1}
        assert list(list_without_event()) == []
        report = verify_trail(find_audit_key(settings.data))
        assert report.counts == {} and report.sealed > 5 * ENROLMENTS
        for programme in db.session.scalars(select(Programme)):
            members = select(Membership.person_id).where(Membership.programme_id == programme.id)
            assert compare(programme.id, list(db.session.scalars(members))) == []
            assert count_miscounted(programme.id) == 0
        counted = db.session.scalar(select(func.sum(StatusCount.people)))
        assert counted == db.session.scalar(select(func.count()).select_from(TrainingStatus))


def _played(filled: Filled) -> list[str]:
    return [person_id for _who, person_id in filled.patterns.learners.values()]


def test_pages_answer_for_copies_as_for_people_who_were_played(world: World) -> None:
    site = world.site
    with site.inside():
        played = _played(world.filled)
        seen = []
        for theirs in (Award.person_id.in_(played), Award.person_id.not_in(played)):
            query = select(Person.email, Person.public_id, Award.code).join(Award, Award.person_id == Person.id)
            query = query.where(theirs, Award.withdrawn_at.is_(None)).order_by(Award.id)
            harbour = Award.programme_id == world.filled.patterns.programme_id
            seen.append(db.session.execute(query.where(harbour).limit(1)).one())
    titles = [_titles(site, email.partition("@")[0], public_id, code) for email, public_id, code in seen]
    assert titles[0] == titles[1]


def _titles(site: Site, name: str, public_id: str, code: str) -> list[str]:
    """Open pages as a person, as a stranger and as a coordinator; return what each is called."""
    own, cora = site.visitor(name), site.visitor("cora")
    shown = own.get("/account").form("/account").fields
    paths = (
        "/",
        "/courses",
        "/courses/psychological-first-aid",
        "/certificates",
        f"/certificates/{code}",
        "/account/data",
    )
    titles = [own.get(path).h1 for path in paths]
    assert own.browser.get("/account/data/download", base_url="http://127.0.0.1:8000").status_code == 200
    titles += [Inspector(site.app).get(f"/verify/{code}").h1, cora.get(f"/programmes/harbour/people?q={name}").h1]
    person = cora.get(f"/programmes/harbour/people/{public_id}").h1
    names = [value for field, value in shown if field == "display_name"]
    return [_DAY.sub("…", title.replace(names[0], "…")) for title in [*titles, person]]


@pytest.mark.slow
def test_the_same_number_makes_the_same_people(tmp_path: Path) -> None:
    made = []
    for place in ("one", "other"):
        fill(120, {"LMS_DATA": str(tmp_path / place)})
        with closing(sqlite3.connect(tmp_path / place / "sidelight.db")) as connection:
            rows = connection.execute(
                "SELECT person.email, display_name, code, passed_on, valid_until FROM award JOIN person ON person.id "
                "= person_id WHERE email LIKE 'sam%' ORDER BY email"
            )
            made.append(rows.fetchall())
    assert made[0] == made[1] and len(made[0]) > 40


def test_a_site_that_has_people_is_left_as_it_is(world: World) -> None:
    with pytest.raises(ValueError, match="has a programme already"):
        fill(100, {"LMS_DATA": str(world.site.settings.data), "LMS_DATABASE_URL": world.site.settings.database_url})


def test_nothing_that_names_a_person_is_left_out_of_a_fill() -> None:
    names = {table.name for table in Base.metadata.sorted_tables}
    assert names >= NOT_COPIED and {table.name for table in tables()} == names - NOT_COPIED
