"""Counting what was chosen in checks: by people, by text, with each tenth person, held against a count by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lms.accounts.records import find_programme
from lms.authoring.statistics import count_actions
from lms.authoring.statistics.count_records import (
    REST,
    REST_OF_RIGHT,
    REST_SQUARED,
    RIGHT,
    Released,
    list_released,
)
from lms.authoring.statistics.item_rules import correlation, text_sha
from lms.foundation import clock
from lms.learning.personal_data.actions import delete_old_answers
from tests.builders.crowd import publish_mended, send_again, send_checks
from tests.builders.learning import PFA, pass_check, prepare, the_course
from tests.conftest import Site

PAIR = {"1": "1", "2": "2", "3": "3", "4": "4"}


def released_of(site: Site, question: str) -> list[Released]:
    with site.inside():
        count_actions.sweep()
        programme = find_programme("harbour")
        assert programme is not None
        return list_released(programme.id, PFA).get(question, [])


def test_counts_are_those_of_a_count_by_hand(sqlite_site: Site) -> None:
    """Of twenty people, fourteen choose what is right; of two who follow, nothing comes out before ten have."""
    site = sqlite_site
    with site.inside():
        course = the_course()
    few = [{"pfa-q01": "2", "pfa-q02": "1", "pfa-q04": ["2", "3", "5"]}] * 14
    others = [{"pfa-q01": "1", "pfa-q02": "1", "pfa-q04": ["1", "2", "3"]}] * 6
    held = [{"pfa-q01": "3", "pfa-q02": "2", "pfa-q04": ["1"]}] * 2
    send_checks(site, course, [*few, *others])
    assert released_of(site, "pfa-q01")
    send_checks(site, course, held)
    [first] = released_of(site, "pfa-q01")
    assert (first.people, first.text_sha) == (20, text_sha(course.question_by_id["pfa-q01"]))
    assert {name: first.counts[name] for name in ("1", "2")} == {"1": 6, "2": 14} and first.counts.get("3", 0) == 0
    # The other two questions were both right for fourteen people, and one of the two for six.
    rest, squared = 14 * 100 + 6 * 50, 14 * 100**2 + 6 * 50**2
    assert [first.counts[name] for name in (RIGHT, REST, REST_SQUARED, REST_OF_RIGHT)] == [14, rest, squared, 1400]
    assert correlation(first.sums) == pytest.approx(1.0)
    [several] = released_of(site, "pfa-q04")
    assert {name: several.counts[name] for name in "1235"} == {"1": 6, "2": 20, "3": 20, "5": 14}


def test_somebody_counts_once_for_a_text_and_again_for_another(site: Site) -> None:
    with site.inside():
        course = the_course()
    enrolments = send_checks(site, course, [{"pfa-q01": "1", "pfa-q10": PAIR}] * 10)
    assert [row.counts["1"] for row in released_of(site, "pfa-q01")] == [10]
    send_again(site, course, enrolments, {"pfa-q01": "2", "pfa-q10": PAIR})
    newer = publish_mended(site, "9.1.0", ("Check the colleague against a symptom list", "Go through a symptom list"))
    send_again(site, newer, enrolments, {"pfa-q01": "2", "pfa-q10": PAIR})
    now, before = released_of(site, "pfa-q01")
    assert (now.people, now.counts["2"], now.since) == (10, 10, 9_0001_0000)
    assert (before.people, before.counts) == (10, before.counts | {"1": 10}) and "2" not in before.counts
    assert [(row.people, row.counts["4"]) for row in released_of(site, "pfa-q10")] == [(10, 10)]


def test_two_programmes_with_one_course_never_count_together(sqlite_site: Site) -> None:
    site = sqlite_site
    with site.inside():
        course, meadow = the_course(), find_programme("meadow")
    assert meadow
    send_checks(site, course, [{"pfa-q01": "2"}] * 12 + [{"pfa-q02": "1"}] * 9)
    send_checks(site, course, [{"pfa-q01": "1"}] * 11 + [{"pfa-q02": "1"}] * 9, "meadow")
    ours = released_of(site, "pfa-q01")
    with site.inside():
        theirs = list_released(meadow.id, PFA)
    assert [(row.people, row.counts["2"], row.counts.get("1")) for row in ours] == [(10, 10, None)]
    assert [(row.people, row.counts["1"], row.counts.get("2")) for row in theirs["pfa-q01"]] == [(10, 10, None)]
    assert "pfa-q02" not in theirs and released_of(site, "pfa-q02") == []


def test_counts_outlive_the_answers_and_what_is_sent_is_counted_once(sqlite_site: Site) -> None:
    site = sqlite_site
    enrolment = prepare(site, "sam")
    pass_check(site, enrolment)
    with site.inside():
        course = the_course()
    send_checks(site, course, [{"pfa-q01": "2"}] * 10)
    before = released_of(site, "pfa-q01")
    site.work()
    assert released_of(site, "pfa-q01") == before
    clock.shift(timedelta(days=900))
    site.do(delete_old_answers, clock.now(), 1000)
    site.work()
    assert released_of(site, "pfa-q01") == before != []
