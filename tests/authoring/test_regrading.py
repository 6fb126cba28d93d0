"""Marking checks again: both ways on real checks, seen before it is done, done once, and nobody loses a pass by it."""

from __future__ import annotations

from typing import Any

import pytest

from lms.all_rooms import export_person
from lms.authoring.statistics.regrading import actions, records
from lms.authoring.statistics.regrading.key_rules import can_read_by, mark_by
from lms.authoring.statistics.regrading.rules import OneQuestion, Score, move_of, rescore
from lms.certification.awards.records import find_award_of_enrolment
from lms.content.lint.check import check
from lms.content.model.course import Course
from lms.content.questions import grade
from lms.foundation.personal_data import Sheet
from lms.learning.progress.attempt_records import list_results
from lms.learning.progress.records import get_enrolment
from tests.builders.crowd import publish_mended, send_again, send_checks
from tests.builders.learning import PFA, at_once, prepare, sample_of, the_course
from tests.builders.mail import outbox
from tests.builders.rows import count_events
from tests.conftest import Site
from tests.content.small_course import FILES, bundle, question
from tests.inspector import Page

# The third question, whose right answer was the third of three, and is the second one from version 9.1.0 on.
MENDED = (
    ("- ( ) “It has no effect on PTSD", "- (x) “It has no effect on PTSD"),
    ("- (x) “We can offer support and links", "- ( ) “We can offer support and links"),
)
REGRADE = f"/programmes/harbour/writing/figures/{PFA}/pfa-q03/regrade"
BY_KEY, WITHOUT = "(By what counts as right in version 9.1.0)", "(Without this question)"


def answers(course: Course, missed: int, third: str, safe: bool = True) -> dict[str, Any]:
    """Return answers to ten questions: the third as said, so many of the others not right, and a safety question."""
    others = [q for q in course.questions if q.drawable and not q.critical and q.id != "pfa-q03"][:8]
    safety = next(q for q in course.questions if q.critical)
    given = {q.id: sample_of(q, place >= missed) for place, q in enumerate(others)}
    return {"pfa-q03": third, **given, safety.id: sample_of(safety, safe)}


def sent(site: Site, *people: tuple[int, str, bool]) -> list[str]:
    """Let people send checks of the first version, and publish the mended one; return their enrolments."""
    with site.inside():
        course = the_course()
    enrolments = [send_checks(site, course, [answers(course, *one)])[0] for one in people]
    publish_mended(site, "9.1.0", *MENDED)
    return enrolments


def results(site: Site, enrolments: list[str]) -> list[tuple[int, int, bool]]:
    with site.inside():
        rows = [list_results(enrolment)[0][1] for enrolment in enrolments]
        return [(row.right, row.asked, row.passed) for row in rows]


def propose(site: Site, which: str) -> Page:
    """Let Tara propose one way, and Cora open the proposal."""
    site.visitor("tara").get(REGRADE).form_with(f"Propose {which}").submit()
    cora = site.visitor("cora")
    return cora.get("/programmes/harbour/regrades").follow("Psychological first aid for colleagues")


def press(page: Page, words: str) -> Page:
    """Press the first button whose words begin like this; they end with somebody's name."""
    button = next(text for form in page.forms for _, _, text in form.buttons if text.startswith(f"{words} ("))
    return page.form_with(button).submit(button)


def test_a_mended_key_gives_passes_at_once_and_takes_none_without_a_decision(site: Site) -> None:
    # Who gains a pass, loses it, has one anyway, and has missed a safety question.
    people = sent(site, (2, "2", True), (2, "3", True), (0, "3", True), (1, "2", False))
    before = results(site, people)
    assert before == [(7, 10, False), (8, 10, True), (10, 10, True), (7, 10, False)]
    page = propose(site, BY_KEY)
    assert "4 checks would be marked again" in page.main and "1 check would be passed" in page.main
    assert "1 check that is passed now no longer would be" in page.main and results(site, people) == before
    at_once(page.form_with("Apply"), 2, ("go", "apply"))
    site.work()
    site.work()
    assert results(site, people) == [(8, 10, True), (8, 10, True), (9, 10, True), (8, 10, False)]
    assert count_events(site, "RegradeDecided") == count_events(site, "CheckRegraded") == 1
    assert [row.subject for row in outbox(site) if "after all" in row.subject] == [
        "You passed the check after all: Psychological first aid for colleagues"
    ]
    page = site.visitor("cora").get(page.path)
    page = press(page, "Leave as it is")
    assert "1 pass left as it is" in page.main and "Passes to decide about" not in page.main
    assert results(site, people[1:2]) == [(8, 10, True)] and count_events(site, "PassKept") == 1
    with site.inside():
        scores = [row[3:9] for row in sheet_of(people[1]).rows]
    assert scores == [("8", "10", "Yes", "7", "10", "No")]


def sheet_of(enrolment: str) -> Sheet:
    parts = export_person(get_enrolment(enrolment).person_id)
    return next(part for part in parts if isinstance(part, Sheet) and part.name == "checks-marked-again")


def test_without_a_question_a_coordinator_lets_the_new_score_count_for_one_person_and_keeps_the_others(
    sqlite_site: Site,
) -> None:
    site = sqlite_site
    first, second, third = sent(site, *[(2, "3", True)] * 3)
    page = propose(site, WITHOUT)
    page.form_with("Apply").submit("Apply")
    site.work()
    assert results(site, [first, second, third]) == [(8, 10, True)] * 3
    page = site.visitor("cora").get(page.path)
    page = press(page, "Let the new score count")
    page.form_with("Leave all as they are").submit()
    assert sorted(results(site, [first, second, third])) == [(7, 9, False), (8, 10, True), (8, 10, True)]
    assert count_events(site, "PassKept") == 2 and count_events(site, "CheckRegraded") == 1
    tara = site.visitor("tara").get(REGRADE)
    assert "There are no checks to mark again like this" in tara.main


def test_whoever_passed_with_another_check_hears_nothing_of_a_pass_taken_back(sqlite_site: Site) -> None:
    site = sqlite_site
    with site.inside():
        course = the_course()
    first, second = send_checks(site, course, [answers(course, 2, "3")] * 2)
    send_again(site, course, [second], answers(course, 0, "3"))
    publish_mended(site, "9.1.0", *MENDED)
    page = propose(site, WITHOUT)
    page.form_with("Apply").submit("Apply")
    site.work()
    for _one in (first, second):
        press(site.visitor("cora").get(page.path), "Let the new score count")
    assert count_events(site, "CheckRegraded") == 2
    assert len([row for row in outbox(site) if "marked again" in row.subject]) == 1


def test_who_gains_a_pass_gets_the_certificate_and_sees_what_changed(sqlite_site: Site) -> None:
    """Sam had done everything but pass; nobody hears of a check of which only the score moves."""
    site = sqlite_site
    enrolment = prepare(site, "sam")
    with site.inside():
        course = the_course()
    send_again(site, course, [enrolment], answers(course, 2, "2"))
    publish_mended(site, "9.1.0", *MENDED)
    propose(site, BY_KEY).form_with("Apply").submit("Apply")
    site.work()
    with site.inside():
        assert find_award_of_enrolment(enrolment) is not None
        attempt = list_results(enrolment)[0][0].public_id
    page = site.visitor("sam").get(f"/checks/{attempt}/result")
    assert page.h1 == "You passed the check" and "We marked this check again" in page.main


def test_what_is_declined_changes_nothing_and_can_be_proposed_again(sqlite_site: Site) -> None:
    site = sqlite_site
    people = sent(site, (2, "2", True))
    page = propose(site, BY_KEY)
    assert "Declined. Nothing was changed." in page.form_with("Decline").submit("Decline").main
    site.work()
    assert results(site, people) == [(7, 10, False)]
    assert "Waiting for your decision" in site.visitor("cora").get(propose(site, BY_KEY).path.rsplit("/", 1)[0]).main
    assert count_events(site, "RegradeProposed") == 2


def test_a_crash_between_two_portions_marks_nothing_twice(sqlite_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site = sqlite_site
    monkeypatch.setattr(actions, "AT_ONCE", 2)
    people = sent(site, *[(2, "2", True)] * 5)
    propose(site, BY_KEY).form_with("Apply").submit("Apply")
    with site.inside():
        regrade_id, once = records.list_running()[0], actions.write

        def crash(*_all: Any) -> None:
            once(*_all)
            raise RuntimeError("the power is gone")

        with monkeypatch.context() as later:
            later.setattr(actions, "write", crash)
            with pytest.raises(RuntimeError):
                actions.work(regrade_id)
        actions.sweep()
    assert results(site, people) == [(8, 10, True)] * 5 and count_events(site, "CheckRegraded") == 5


@pytest.mark.parametrize(
    ("was", "score", "question", "now", "move"),
    [
        (Score(8, 10, True), 85, None, Score(8, 10, False), "down"),
        (Score(8, 10, False), 80, None, Score(8, 10, True), "unknown"),
        (Score(7, 10, False), 80, OneQuestion(False, None, False), Score(7, 9, False), "same"),
        (Score(8, 10, True), 80, OneQuestion(False, None, True), Score(8, 9, True), "same"),
        (Score(9, 10, True), 80, OneQuestion(True, False, True), Score(8, 10, False), "down"),
        (Score(1, 1, True), 80, OneQuestion(True, None, False), Score(0, 0, False), "down"),
    ],
)
def test_scores_by_another_rule(was: Score, score: int, question: OneQuestion | None, now: Score, move: str) -> None:
    assert rescore(was, score, question) == now
    assert move_of(was, now, safe=None) == move


@pytest.mark.parametrize(
    ("id", "changes", "answer", "before", "after"),
    [
        ("sml-q03", [("1. Look", "1. Wait"), ("2. Listen", "2. Look"), ("1. Wait", "1. Listen")],
         {"1": 1, "2": 2, "3": 3}, True, False),
        ("sml-q03", [("1. Look", "1. Wait"), ("2. Listen", "2. Look"), ("1. Wait", "1. Listen")],
         {"1": 2, "2": 1, "3": 3}, False, True),
        ("sml-q04", [("A role | Beginning", "A role | End")], {"1": "1", "2": "1", "3": "3"}, True, False),
        ("sml-q04", [("A role | Beginning", "A role | End")], {"1": "1", "2": "3", "3": "3"}, False, True),
        ("sml-q04", [("A name | Beginning", "A name | Never"), ("| | Never", "| | Beginning")],
         {"1": "4", "2": "1", "3": "3"}, False, True),
        ("sml-q04", [("A role | Beginning", "A role | End")], {"1": ["1"], "2": "99", "9": "1"}, False, False),
        ("sml-q03", [("1. Look", "1. Wait")], {"1": 1, "2": 2, "3": 3}, True, None),
        ("sml-q04", [("A role | Beginning", "A role | Middle")], {}, False, None),
        ("sml-q04", [("One says it next.", "It is what people say next.")], {}, False, None),
        ("sml-q05", [("“Hi, I’m Noor.”", "“Hello.”")], "Hi", False, None),
    ],
)  # fmt: skip
def test_steps_and_pairs_are_marked_by_another_key_where_they_offer_the_same(
    id: str, changes: list[tuple[str, str]], answer: Any, before: bool, after: bool | None
) -> None:
    text = FILES["check.md"]
    for change in changes:
        text = text.replace(*change)
    newer = check(bundle(**{"check.md": text}), "small-course").course
    assert newer
    old, new = question(id), newer.question_by_id[id]
    assert grade(old, answer).right == before and can_read_by(old, new) == (after is not None)
    assert after is None or mark_by(new, old, answer) == after
