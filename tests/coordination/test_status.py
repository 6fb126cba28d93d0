"""The status of people as it is kept for lists: it follows every event, and says what its records say on any day."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from lms.accounts.actions import change_names, give_role, set_programme
from lms.accounts.leaving import disable, enable, end_membership
from lms.accounts.members.actions import Details, change_details
from lms.accounts.members.records import Unit
from lms.accounts.members.unit_actions import add_unit, remove_unit
from lms.accounts.members.word_records import PersonWord
from lms.accounts.records import Person, Programme
from lms.certification.awards.actions import withdraw
from lms.certification.awards.observations import Observation, is_held_back
from lms.certification.awards.records import (
    Award,
    best_issued,
    list_awards_of_enrolment,
)
from lms.certification.awards.reissue import reinstate
from lms.certification.awards.validity import Validity, stage_of
from lms.certification.readiness.actions import undo_observation
from lms.certification.renewal.actions import set_validity
from lms.content.lint.check import check
from lms.coordination.board import actions, comparison_records
from lms.coordination.board.course_records import list_courses
from lms.coordination.board.list_records import Board, filter_of, list_page
from lms.coordination.board.rules import CERTIFICATE_STATES, STATES, Sum, TrainingState, Wanted, status_on, turns_of
from lms.coordination.board.status_records import TrainingStatus
from lms.coordination.board.sum_records import count_all
from lms.foundation import clock
from lms.foundation.db import db
from lms.learning.progress.actions import enrol
from lms.learning.progress.records import Enrolment
from lms.library import actions as library
from tests.builders.certificates import ask_for, observe
from tests.builders.commands import of
from tests.builders.histories import TODAY, make
from tests.builders.learning import PFA, earn, pass_check, prepare
from tests.builders.units import harbour
from tests.conftest import Site
from tests.content import small_course

PHASES = ("issued", "older")


def stored() -> list[list[Any]]:
    """Return everything that is kept for lists, in a fixed order."""
    found = []
    for table in (TrainingStatus, PersonWord):
        columns = table.__table__.columns
        found.append(sorted((tuple(row) for row in db.session.execute(select(*columns))), key=repr))
    return found


def told_anew() -> None:
    """Hold what was kept event by event against what the records say."""
    kept = stored()
    assert kept[0]
    for programme_id in db.session.scalars(select(Programme.id)).all():
        assert comparison_records.list_miscounted(db.session(), programme_id) == {}
    actions.rebuild()
    assert stored() == kept


def person(site: Site, name: str = "sam") -> Person:
    with site.inside():
        return site.person(name)


def newest_award(site: Site) -> str:
    with site.inside():
        return db.session.scalars(select(Award.id).where(Award.current_for.is_not(None))).one()


def enrolment_of(site: Site) -> str:
    with site.inside():
        return db.session.scalars(select(Enrolment.id)).one()


def last_observation(site: Site) -> str:
    with site.inside():
        return db.session.scalars(select(Observation.id).order_by(Observation.id.desc())).first() or ""


def unit_of(site: Site) -> Unit:
    with site.inside():
        return db.session.scalars(select(Unit)).one()


def details_of(site: Site) -> Details:
    return Details("A-104", unit_of(site).public_id, "")


def renew(site: Site) -> None:
    clock.shift(timedelta(days=690))
    site.visitors.clear()
    with site.inside():
        award = db.session.scalars(select(Award)).one()
    site.visitor("sam").get(f"/certificates/{award.code}").form("/renew").submit()
    pass_check(site, award.enrolment_id)


def becomes_private(site: Site) -> None:
    """Publish a course that Sam starts, then a version of it that is private."""
    for version, private in (("1.0.0", False), ("1.0.1", True)):
        head = f'version: "{version}"' + ("\nprivate: yes" if private else "")
        text = small_course.COURSE.replace('version: "1.0.0"', head)
        bundle = small_course.bundle(**{"course.md": text})
        course = check(bundle, "small-course").course
        assert course is not None and course.private is private
        site.do(library.publish, bundle, course)
        if not private:
            site.do(library.offer, harbour(site), course.id, True, 1)
            site.do(enrol, person(site).id, harbour(site), course)
            assert listed(site) == [course.id]
    assert listed(site) == [""]


def listed(site: Site) -> list[str]:
    with site.inside():
        query = select(TrainingStatus.course_id).where(TrainingStatus.person_id == site.person("sam").id)
        return list(db.session.scalars(query))


def held(site: Site) -> None:
    site.do(set_programme, "harbour", None, {}, True, touch_hold=True)
    earn(site)


EVENTS: dict[str, list[Callable[[Site], Any]]] = {
    "nobody began": [lambda site: None],
    "begun, passed, withdrawn, reinstated": [
        lambda site: prepare(site, "sam"),
        lambda site: earn(site),
        lambda site: site.do(withdraw, newest_award(site), "other"),
        lambda site: site.do(reinstate, newest_award(site)),
    ],
    "waits for a review": [held],
    "renewed": [lambda site: earn(site), renew],
    "observed": [
        lambda site: ask_for(site, 1),
        lambda site: earn(site),
        lambda site: observe(site, enrolment_of(site), "harmful", ago=2),
        lambda site: observe(site, enrolment_of(site), "skilled", ago=1),
        lambda site: observe(site, enrolment_of(site), "harmful", ago=0),
        lambda site: site.do(undo_observation, last_observation(site), "another day"),
    ],
    "leaves and comes back": [
        lambda site: earn(site),
        lambda site: site.do(end_membership, person(site).id, harbour(site)),
        lambda site: site.do(give_role, person(site).id, harbour(site), "learner"),
    ],
    "account closed and opened": [
        lambda site: site.do(disable, person(site).id),
        lambda site: site.do(enable, person(site).id),
    ],
    "unit and staff number": [
        lambda site: site.do(add_unit, harbour(site), "Ward 4", ""),
        lambda site: site.do(change_details, harbour(site), person(site).id, Details("", "", ""), details_of(site)),
        lambda site: site.do(remove_unit, unit_of(site).id),
    ],
    "another name": [lambda site: site.do(change_names, person(site).id, "Åsa Öberg", "Åsa Öberg")],
    "a course becomes private": [becomes_private],
}


@pytest.mark.parametrize("happened", EVENTS.values(), ids=EVENTS)
def test_what_is_kept_follows_each_event(sqlite_site: Site, happened: list[Callable[[Site], Any]]) -> None:
    for step in happened:
        step(sqlite_site)
        sqlite_site.do(told_anew)


@pytest.mark.parametrize("column", ["sort_key", "course_id", "phase"])
def test_a_status_that_differs_from_its_records_is_written_again(sqlite_site: Site, column: str) -> None:
    """Whether only what changes often differs, or more of it, or the row is another course's."""
    sam, programme_id = person(sqlite_site).id, harbour(sqlite_site)

    def differ() -> None:
        change = update(TrainingStatus).where(TrainingStatus.person_id == sam)
        db.session.execute(change.values({column: "other"}))

    with sqlite_site.inside():
        before = stored()
    sqlite_site.do(differ)
    sqlite_site.do(actions.refresh_status, sam, programme_id)
    with sqlite_site.inside():
        assert stored() == before


def days_that_matter(rule: Validity) -> list[date]:
    """Return days on which nothing, something and everything is due, and the first and last days of some statuses."""
    query = select(TrainingStatus.valid_until).where(TrainingStatus.valid_until.is_not(None), ~TrainingStatus.on_hold)
    issued, older = (db.session.scalars(query.where(TrainingStatus.phase == phase)).all()[-1] for phase in PHASES)
    assert issued and older
    window, grace = timedelta(days=rule.window_days), timedelta(days=rule.grace_days)
    return [TODAY, date(2040, 1, 1), issued - window, issued + grace, older, older + timedelta(days=1)]


def counted(sums: list[Sum]) -> Counter[str]:
    """Return how many people have each status, but for those without a course."""
    found: Counter[str] = Counter()
    for one in sums:
        if one.course_id:
            found[one.state] += one.count
    return found


def told(enrolment_id: str, rule: Validity, today: date) -> tuple[TrainingState, str, str | None]:
    """Return the status, the certificate's state and the code to show, computed from the rows of one enrolment."""
    awards = list_awards_of_enrolment(enrolment_id)
    award = best_issued(awards, today)
    if award is None:
        return ("waiting" if awards else "in_training"), "none", None
    if award.withdrawn_at:
        return "withdrawn", "withdrawn", award.code
    stage = stage_of(rule, award.valid_until, today)
    certificate = "expired" if award.valid_until and award.valid_until < today else "valid"
    if stage in {"current", "without end"}:
        ready = award.level == "ready" and not is_held_back(enrolment_id)
        return ("ready" if ready else "completed"), certificate, award.code
    return ("expired" if stage == "lapsed" else "renew_by"), certificate, award.code


@pytest.mark.parametrize("own", [None, Validity(window_days=60, grace_days=30)], ids=["usual rule", "own rule"])
def test_sql_says_of_random_histories_what_the_rules_say_on_any_day(site: Site, own: Validity | None) -> None:
    programme_id = harbour(site)
    site.do(make, random.Random(17), programme_id, 80)
    if own:
        site.do(set_validity, programme_id, PFA, own)
    site.do(actions.rebuild)
    with site.inside():
        seen: set[str] = set()
        for today in days_that_matter(own or Validity()):
            board = Board(programme_id, today, list_courses(programme_id))
            expected = {
                row.enrolment_id: told(row.enrolment_id, own or Validity(), today)
                for row in list_page(board, filter_of(board, Wanted()), 1000)
                if row.enrolment_id
            }
            found: dict[str, list[Any]] = {}
            sums = count_all(programme_id, board.courses, today)
            for state in STATES:
                for row in list_page(board, filter_of(board, Wanted(states=(state,)), sums), 1000):
                    if row.enrolment_id:
                        turns, ready = turns_of(board.courses[row.course_id], today), row.ready and not row.on_hold
                        assert status_on(today, turns, row.phase, row.until, ready=ready) == state
                        found[row.enrolment_id] = [state, "", row.code if not row.waiting else None]
            for state in CERTIFICATE_STATES:
                for row in list_page(board, filter_of(board, Wanted(certificate=state)), 1000):
                    if row.enrolment_id:
                        found[row.enrolment_id][1] += state
            assert {key: tuple(value) for key, value in found.items()} == expected
            assert Counter(state for state, *_more in expected.values()) == counted(sums)
            seen |= {state for state, _certificate, _code in expected.values()}
        assert seen == set(STATES) - {"not_started"}


# What was changed behind the site's back, each for another person.
SPOILED = (
    "UPDATE training_status SET phase = 'spoiled' WHERE person_id = 'p00000'",
    "DELETE FROM training_status WHERE person_id = 'p00001'",
    "DELETE FROM person_word WHERE person_id = 'p00002' AND word = 'person'",
    "DELETE FROM membership WHERE person_id = 'p00029'",
)


def test_whoever_is_listed_otherwise_is_counted_and_listed_again_a_few_at_a_time(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    sqlite_site.do(make, random.Random(7), harbour(sqlite_site), 30)
    sqlite_site.do(actions.rebuild)
    for statement in SPOILED:
        sqlite_site.do(db.session.execute, text(statement))
    monkeypatch.setattr(comparison_records, "REBUILD_STEP", 4)
    lms = of(sqlite_site, monkeypatch)
    told = lms("people", "status")
    assert told.exit_code == 1 and "harbour: 4 were listed differently" in told.output
    assert "35 people compared" in told.output and "Nothing was changed" in told.output
    mended = lms("people", "status", "--programme", "harbour", "--rebuild")
    assert mended.exit_code == 0 and "4 listed differently" in mended.output
    sqlite_site.do(told_anew)
