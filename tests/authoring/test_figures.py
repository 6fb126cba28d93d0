"""Question figures on the page: what Tara sees of what people chose, and what is worth a second look."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from lms.authoring.statistics import count_actions
from lms.authoring.statistics.figure_pages import flag_words
from lms.authoring.statistics.item_rules import Sums, shown_by_place, shows_by_length, tells_little
from lms.content.model.bundle import Bundle, from_folder
from lms.content.model.course import Course
from lms.foundation import clock
from tests.builders.crowd import publish_mended, send_again, send_checks
from tests.builders.drafts import add_draft
from tests.builders.learning import PFA, sample_of, the_course
from tests.conftest import PFA as FOLDER
from tests.conftest import Site
from tests.content import small_course
from tests.inspector import Page, squeezed

FIGURES = f"/programmes/harbour/writing/figures/{PFA}"


def opened(site: Site) -> Page:
    with site.inside():
        count_actions.sweep()
    page = site.visitor("tara").get("/programmes/harbour/writing/figures")
    return page.follow("Psychological first aid for colleagues")


def section(page: Page, question: str) -> str:
    return squeezed("".join(page.find(f"#{question}")[0].itertext()))


def test_tara_sees_what_people_chose_in_tens_and_what_is_worth_a_second_look(sqlite_site: Site) -> None:
    site = sqlite_site
    with site.inside():
        course = the_course()
    assert "Fewer than 10 people have answered this text so far." in section(opened(site), "pfa-q01")
    people = [{"pfa-q01": "2"}] * 96 + [{"pfa-q01": "1"}] * 104 + [{"pfa-q01": "4"}] * 10
    enrolments = send_checks(site, course, people)
    page = opened(site)
    words = section(page, "pfa-q01")
    assert "90 of 210 people answered right (42%)" in words and "100 (47%)" in words
    assert "More than 40% chose this one." in words
    with site.inside():
        assert words.count(flag_words("never", 210)) == 1
    assert words.count("fewer than 10") == 2 and "104" not in words
    assert page.find("#pfa-q01-title")[0].text == "What people chose in question 1"
    newer = publish_mended(site, "9.1.0", ("Check the colleague against a symptom list", "Go through a symptom list"))
    send_again(site, newer, enrolments[:20], {"pfa-q01": "2"})
    words = section(opened(site), "pfa-q01")
    assert "10 of 20 people answered right" in words
    assert "Text changed in 9.1.0. Before that, 90 of 210 people answered it right." in words


def test_each_question_leads_to_its_line_in_the_open_draft_or_to_starting_one(sqlite_site: Site) -> None:
    site = sqlite_site
    assert opened(site).links()["Start a draft (question 2)"].endswith("/drafts/new")
    add_draft(site, Bundle({"check.md": from_folder(FOLDER).files["check.md"]}), PFA)
    assert opened(site).links()["Edit (question 2)"].endswith("/files/check.md#line-16")


def test_no_coordinator_and_no_other_programme_sees_them(sqlite_site: Site) -> None:
    for name in ("cora", "sam", "mina"):
        sqlite_site.visitor(name).get(FIGURES, expect=404)


@pytest.mark.parametrize(("score", "down", "up"), [(95, "20", "fewer than 10"), (70, "fewer than 10", "30 at most")])
def test_another_pass_mark_is_tried_on_whole_months_and_changes_nothing(
    sqlite_site: Site, score: int, down: str, up: str
) -> None:
    site = sqlite_site
    with site.inside():
        course = the_course()
    ordinary = [q for q in course.questions if q.drawable and not q.critical][:10]
    nine, seven = ({q.id: sample_of(q, place < right) for place, q in enumerate(ordinary)} for right in (9, 7))
    send_checks(site, course, [nine] * 24 + [seven] * 31)
    tara = site.visitor("tara")
    this_month = tara.get(f"{FIGURES}/what-if?score={score}")
    assert "Checks looked at fewer than 10" in this_month.main
    clock.shift(timedelta(days=31))
    site.visitors.clear()
    site.visitor("tara")
    with site.statements() as asked:
        page = site.visitor("tara").get(f"{FIGURES}/what-if").form_with("Show").submit(score=str(score))
    assert f"Checks looked at 50 From not quite yet to passed {up} From passed to not quite yet {down}" in page.main
    assert not [statement for statement in asked if not statement.lstrip().upper().startswith(("SELECT", "PRAGMA"))]
    assert "Without this question" in page.form_with("Show").submit(without="pfa-q01").main


def crowd(course: Course, people: int) -> list[dict[str, Any]]:
    """Return answers of many people, each to ten questions."""
    lots, drawable = random.Random(7), [q for q in course.questions if q.drawable]
    return [{q.id: sample_of(q, lots.random() < 0.8) for q in lots.sample(drawable, 10)} for _person in range(people)]


def test_the_page_asks_as_much_of_many_people_as_of_few(sqlite_site: Site) -> None:
    site, counts, fastest = sqlite_site, [], 9.0
    with site.inside():
        course = the_course()
    for people in (20, 200):
        send_checks(site, course, crowd(course, people))
        opened(site)
        with site.statements() as asked:
            began = time.perf_counter()
            reply = site.visitor("tara").browser.get(FIGURES, base_url="http://127.0.0.1:8000")
            fastest = min(fastest, time.perf_counter() - began)
        assert reply.status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] and fastest < 0.3


def test_what_gives_an_answer_away_is_named() -> None:
    course = small_course.course()
    first = course.questions[0]
    options = tuple(replace(option, text="Wait " * (9 if option.right else 2)) for option in first.body.options)
    assert shows_by_length(replace(first, body=replace(first.body, options=options))) and not shows_by_length(first)
    fixed = tuple(replace(first, id=f"q{number}", fixed=True) for number in range(3))
    assert shown_by_place(replace(course, questions=fixed)) == {"q0", "q1", "q2"}
    assert not shown_by_place(replace(course, questions=fixed[:2]))


def sums(people: list[tuple[bool, int]]) -> Sums:
    right = [rest for is_right, rest in people if is_right]
    rest = [rest for _right, rest in people]
    return Sums(len(people), len(right), sum(rest), sum(r * r for r in rest), sum(right))


def test_a_question_that_good_answers_elsewhere_do_not_help_with_tells_little() -> None:
    alike = [(number % 2 == 0, 50 + number // 2 % 30) for number in range(100)]
    telling = [(number >= 50, number) for number in range(100)]
    assert tells_little(sums(alike), 50) and not tells_little(sums(telling), 50)
    assert not tells_little(sums(alike[:40]), 20) and not tells_little(sums(alike), 0)
