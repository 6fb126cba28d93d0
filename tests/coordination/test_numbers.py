"""The numbers above a programme's list are exact at every moment: after whatever happens, and while it happens."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from lms.accounts.actions import change_names, give_role
from lms.accounts.leaving import disable, enable, end_membership
from lms.accounts.records import Membership, Person, Programme
from lms.all_rooms import delete_person
from lms.app import at_work
from lms.certification.awards.actions import withdraw
from lms.certification.awards.records import Award
from lms.certification.awards.reissue import reinstate
from lms.certification.awards.validity import Validity
from lms.certification.renewal.actions import set_validity
from lms.coordination.board import actions, sum_records
from lms.coordination.board.comparison_records import list_miscounted
from lms.coordination.board.course_records import list_courses
from lms.coordination.board.list_records import Board, filter_of, list_all
from lms.coordination.board.rules import Sum, Wanted, status_on, turns_of
from lms.coordination.board.sum_records import StatusCount, count_all
from lms.coordination.merging import actions as merging
from lms.coordination.merging.rules import Decider
from lms.foundation.db import db, write
from lms.learning.progress.actions import enrol
from lms.learning.progress.records import Enrolment
from lms.library.records import find_newest_digest
from tests.builders.certificates import observe
from tests.builders.commands import of
from tests.builders.histories import TODAY, make
from tests.builders.learning import PFA, pass_check, prepare, the_course
from tests.builders.units import harbour
from tests.conftest import Site

PEOPLE, STEPS = 40, 60
# Days on which certificates are open, can be renewed, are in their grace period, have lapsed.
DAYS = [TODAY + timedelta(days=days) for days in (-500, 0, 29, 400, 731, 4000)]


def numbers_of(rows: Any, board: Board) -> Counter[Any]:
    """Return how many rows of a list have which status, and in which month certificates end that are valid now."""
    found: Counter[Any] = Counter()
    for row in rows:
        turns = turns_of(board.courses.get(row.course_id), board.today)
        state = status_on(board.today, turns, row.phase, row.until, ready=row.ready and not row.on_hold)
        found[row.course_id, state] += 1
        if state in {"completed", "ready", "renew_by"} and row.until and row.until >= board.today:
            found[row.until.year, row.until.month] += 1
    return found


def shown(sums: list[Sum]) -> Counter[Any]:
    """Return the same from the numbers that are kept."""
    found: Counter[Any] = Counter()
    for one in sums:
        assert one.count > 0, one
        found[one.course_id, one.state] += one.count
        if one.ends_in and one.state in {"completed", "ready", "renew_by"}:
            found[one.ends_in] += one.count
    return found


def are_exact(days: list[date] = DAYS) -> bool:
    """Hold the numbers of every programme against its list, row by row, and against its table of statuses."""
    for programme_id in db.session.scalars(select(Programme.id)).all():
        assert list_miscounted(db.session(), programme_id) == {}
        courses = list_courses(programme_id)
        for today in days:
            board = Board(programme_id, today, courses)
            rows = [row for some in list_all(board, filter_of(board, Wanted()), 1000) for row in some]
            assert shown(count_all(programme_id, courses, today)) == numbers_of(rows, board), today
    return True


def changes() -> int:
    return db.session.scalar(select(func.count()).where(StatusCount.change_id != "")) or 0


class Random:
    """Does what people do on a site, at random, by the same actions as its pages."""

    def __init__(self, site: Site, chance: random.Random) -> None:
        self.site, self.chance, self.programme = site, chance, harbour(site)
        self.done: Counter[str] = Counter()

    def choose(self, column: Any, *conditions: Any) -> str:
        """Return one of those who meet some conditions, or an empty string where nobody does."""
        with self.site.inside():
            found = sorted(set(db.session.scalars(select(column).where(*conditions))))
        return self.chance.choice(found) if found else ""

    def learner(self) -> str:
        return self.choose(Membership.person_id, Membership.role == "learner", Membership.person_id.like("p0%"))

    def award(self, *conditions: Any) -> str:
        return self.choose(Award.id, Award.current_for.is_not(None), ~Award.waiting, *conditions)

    def leave(self) -> None:
        self.site.do(end_membership, self.learner(), self.programme)

    def come_back(self) -> None:
        gone = select(Membership.person_id).where(Membership.role == "learner")
        if person := self.choose(
            Person.id, Person.id.like("p0%"), Person.id.not_in(gone), Person.disabled_at.is_(None)
        ):
            self.site.do(give_role, person, self.programme, "learner")

    def close(self) -> None:
        self.site.do(disable, self.learner())

    def open(self) -> None:
        if person := self.choose(Person.id, Person.id.like("p0%"), Person.disabled_at.is_not(None)):
            self.site.do(enable, person)

    def begin(self) -> None:
        began = select(Enrolment.person_id)
        here = (
            Membership.role == "learner",
            Membership.person_id.not_in(began),
            Membership.programme_id == self.programme,
        )
        if person := self.choose(Membership.person_id, *here):
            with self.site.inside():
                course = the_course()
            self.site.do(enrol, person, self.programme, course)

    def withdraw(self) -> None:
        if award := self.award(Award.withdrawn_at.is_(None)):
            self.site.do(withdraw, award, "other")

    def reinstate(self) -> None:
        if award := self.award(Award.withdrawn_at.is_not(None)):
            self.site.do(reinstate, award)

    def observe(self) -> None:
        if enrolment := self.choose(Enrolment.id, Enrolment.id.like("e0%")):
            observe(self.site, enrolment, self.chance.choice(("harmful", "skilled")), ago=0)

    def rename(self) -> None:
        self.site.do(change_names, self.learner(), "Åsa Öberg", "Åsa Öberg")

    def erase(self) -> None:
        self.site.do(delete_person, self.learner(), None)

    def merge(self) -> None:
        people = sorted({self.learner(), self.learner()})
        if len(people) == 2:
            self.site.do(merging.merge, self.programme, *people, Decider(None, operator=True))

    def other_rule(self) -> None:
        rule = Validity(window_days=self.chance.choice((30, 90)), grace_days=self.chance.choice((0, 45)))
        self.site.do(set_validity, self.programme, PFA, rule)

    def rebuild(self) -> None:
        self.site.do(actions.rebuild)

    def add_up(self) -> None:
        with at_work(self.site.app):
            sum_records.sweep()
            assert changes() == 0

    def step(self) -> None:
        steps: list[Callable[[], None]] = [
            *(self.leave, self.come_back, self.close, self.open, self.begin, self.begin, self.withdraw, self.reinstate),
            *(self.observe, self.rename, self.erase, self.merge, self.other_rule, self.rebuild, self.add_up),
        ]
        step = self.chance.choice(steps)
        step()
        self.done[step.__name__] += 1


def fill(site: Site) -> None:
    """Give the programme people with random histories of a course that was really published."""
    site.do(make, random.Random(3), harbour(site), PEOPLE)
    with site.inside():
        digest = find_newest_digest(PFA)
    site.do(db.session.execute, update(Award).where(Award.digest == "").values(digest=digest))
    site.do(actions.rebuild)


def test_numbers_are_exact_after_whatever_happens(site: Site) -> None:
    fill(site)
    for name in ("sam", "lena"):
        pass_check(site, prepare(site, name))
    happens = Random(site, random.Random(11))
    for number in range(STEPS):
        happens.step()
        with site.inside():
            # All days now and then, because a row is compared on each.
            assert are_exact(DAYS if number % 10 == 0 else [DAYS[number % len(DAYS)]]), happens.done
    assert len(happens.done) == 14, happens.done
    happens.add_up()
    with site.inside():
        assert are_exact()
        assert db.session.scalar(select(func.count()).where(StatusCount.people == 0)) == 0


@pytest.mark.usefixtures("as_in_many_processes")
def test_writers_and_the_sweep_at_once_lose_nothing(site: Site) -> None:
    fill(site)
    programme_id = harbour(site)
    with site.inside():
        people = sorted(db.session.scalars(select(Membership.person_id).where(Membership.person_id.like("p0%"))))

    def leave_and_come_back(some: list[str]) -> None:
        for person_id in some:
            with at_work(site.app):
                write(end_membership, person_id, programme_id)
                write(give_role, person_id, programme_id, "learner")
                write(disable, person_id)

    def add_up(_some: list[str]) -> None:
        for _time in range(8):
            with at_work(site.app):
                write(sum_records.add_up)

    # Two sweeps as well, as if two servers led.
    work = [(leave_and_come_back, people[:8]), (leave_and_come_back, people[8:16]), (add_up, []), (add_up, [])]
    with ThreadPoolExecutor(len(work)) as pool:
        for done in [pool.submit(do, some) for do, some in work]:
            done.result()
    with site.inside():
        assert are_exact()
    with at_work(site.app):
        sum_records.sweep()
    with site.inside():
        assert changes() == 0 and are_exact()


KILLED = """
import os
from lms.app import at_work, create_app
from lms.coordination.board import sum_records
from lms.foundation.config.settings import read_settings
from lms.foundation.db import db, write
from sqlalchemy import text

def add_up():
    sum_records.add_up()
    waiting = db.session.scalar(text("SELECT COUNT(*) FROM status_count WHERE change_id <> ''"))
    os._exit(1 if waiting else 0)

with at_work(create_app(read_settings())):
    write(add_up)
"""


def test_what_is_killed_while_it_adds_up_loses_nothing(sqlite_site: Site) -> None:
    fill(sqlite_site)
    with sqlite_site.inside():
        waiting = changes()
    settings = {"LMS_DATA": str(sqlite_site.settings.data), "LMS_BASE_URL": sqlite_site.settings.base_url}
    environment = {**os.environ, **settings, "LMS_ALLOW_HTTP": "yes"}
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", KILLED], env=environment, cwd=root, check=True)
    with sqlite_site.inside():
        assert waiting and changes() == waiting and are_exact()
    with at_work(sqlite_site.app):
        sum_records.sweep()
    with sqlite_site.inside():
        assert changes() == 0 and are_exact()


def test_nothing_is_written_of_a_status_that_stays_as_it_is(sqlite_site: Site) -> None:
    enrolment = prepare(sqlite_site, "sam")
    with sqlite_site.inside():
        before = changes()
    pass_check(sqlite_site, enrolment, wanted=lambda _question: False)
    with sqlite_site.inside():
        assert changes() == before
    pass_check(sqlite_site, enrolment)
    with sqlite_site.inside():
        assert changes() == before + 2


def test_numbers_that_differ_are_named_and_corrected(sqlite_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(sqlite_site)
    sqlite_site.do(db.session.execute, update(StatusCount).values(people=StatusCount.people + 1))
    sqlite_site.do(db.session.execute, delete(StatusCount).where(StatusCount.phase == "training"))
    lms = of(sqlite_site, monkeypatch)
    told = lms("people", "status")
    assert told.exit_code == 1 and "0 listed differently" in told.output
    assert re.search(r"harbour: \d+ of the numbers above the list were different", told.output), told.output
    mended = lms("people", "status", "--rebuild")
    assert mended.exit_code == 0 and "All of them are listed and counted as they should be now." in mended.output
    with sqlite_site.inside():
        assert are_exact()


def test_one_module_writes_statuses() -> None:
    """It adds to the numbers whenever it does; whatever else wrote the table would pass them by."""
    writes = re.compile(r"(?:insert|update|delete)\(\s*(?:TrainingStatus|_STATUS|status)\b|TrainingStatus\(\w", re.I)
    raw = re.compile(r"(?:INTO|UPDATE|FROM)\s+training_status\b")
    lms = Path(__file__).parents[2] / "lms"
    found = {
        path.relative_to(lms).as_posix()
        for path in lms.rglob("*.py")
        if path.parent.name != "versions"
        if writes.search(text := path.read_text("utf-8")) or raw.search(text)
    }
    assert found == {"coordination/board/status_records.py"}
