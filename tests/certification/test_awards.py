"""Awards: held until the course is reviewed, released with the day of passing, withdrawn by their own programme."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.accounts.actions import set_programme
from lms.certification.awards.forms import REASON_WORDS
from lms.certification.awards.records import find_award, find_award_of_enrolment
from lms.certification.awards.rules import REASONS, name_fits, plain_name, state_of
from lms.certification.awards.validity import add_months
from lms.foundation import clock
from lms.foundation.hooks import Hooks
from lms.foundation.mail.outbox import OutboxMail
from lms.foundation.per_app import provided
from lms.learning.progress.actions import finish_lesson
from lms.library.actions import record_review
from tests.builders.learning import COURSE, PFA, earn, pass_check, prepare, the_course
from tests.builders.rows import count_events, count_rows
from tests.conftest import Site


def hold(site: Site, choice: bool | None) -> None:
    site.do(set_programme, "harbour", None, {}, choice, touch_hold=True)


def review(site: Site, role: str) -> None:
    site.do(record_review, PFA, None, role, "Dr R. Amari", date(2026, 11, 20), None, False)


def test_a_certificate_waits_for_the_courses_review_and_comes_with_the_day_of_passing(site: Site) -> None:
    hold(site, None)
    code = earn(site)
    passed = clock.today("UTC")
    page = site.visitor("sam").get(f"/certificates/{code}")
    assert page.h1 == "Passed, waiting for the course’s review"
    site.stranger().get(f"/verify/{code}", expect=404)
    clock.shift(timedelta(days=20))
    site.visitors.clear()
    review(site, "clinical")
    site.stranger().get(f"/verify/{code}", expect=404)
    review(site, "peer")
    review(site, "legal")
    assert site.stranger().get(f"/verify/{code}").h1 == "This certificate is valid"
    with site.inside():
        award = find_award(code)
        assert award is not None and award.passed_on == passed and award.valid_until == add_months(passed, 24)
    site.work()
    assert (
        count_rows(site, OutboxMail),
        count_events(site, "CertificateHeld"),
        count_events(site, "CertificateIssued"),
    ) == (1, 1, 1)


def test_the_course_page_says_that_nobody_has_reviewed_it_and_that_certificates_wait(sqlite_site: Site) -> None:
    hold(sqlite_site, None)
    page = sqlite_site.visitor("sam").get(COURSE)
    assert "hasn’t been reviewed yet by" in page.main and "once the review is recorded" in page.main
    assert "and this version has been reviewed" in page.main
    hold(sqlite_site, False)
    page = sqlite_site.visitor("sam").get(COURSE)
    assert "hasn’t been reviewed yet by" in page.main and "once the review is recorded" not in page.main
    assert "once you’ve done everything it needs" in page.main and "this version has been reviewed" not in page.main


def test_a_programme_may_hold_though_the_site_does_not(make_sqlite_site: object) -> None:
    site: Site = make_sqlite_site(LMS_HOLD_UNREVIEWED="no")  # type: ignore[operator]
    hold(site, True)
    site.stranger().get(f"/verify/{earn(site)}", expect=404)
    hold(site, None)
    assert site.stranger().get(f"/verify/{earn(site, 'lena')}").h1 == "This certificate is valid"


@pytest.mark.parametrize("reason", REASONS)
def test_cora_withdraws_a_certificate_and_the_reason_stays_with_the_programme(sqlite_site: Site, reason: str) -> None:
    site = sqlite_site
    code = earn(site)
    person = site.visitor("cora").get("/programmes/harbour/people").follow("Sam Osei")
    page = person.follow("Withdraw (Psychological first aid for colleagues)")
    assert "Sam Osei" in page.main
    page = page.form_with("Withdraw this certificate").submit("Withdraw this certificate", reason=reason)
    assert page.path == person.path and "Withdrawn" in page.main
    stranger = site.stranger().get(f"/verify/{code}")
    assert "withdrawn by the programme" in stranger.h1
    sam = site.visitor("sam").get(f"/certificates/{code}")
    assert "Withdrawn by the programme" in sam.main
    for page in (stranger, sam, site.visitor("sam").get("/account")):
        assert str(REASON_WORDS[reason]) not in page.html and (reason == "other" or reason not in page.html)


def test_withdrawing_asks_for_a_reason_and_does_it_once(site: Site) -> None:
    code = earn(site)
    cora = site.visitor("cora")
    form = cora.get(f"/programmes/harbour/certificates/{code}/withdraw").form_with("Withdraw this certificate")
    assert "Choose a reason" in form.submit("Withdraw this certificate", expect=422).main
    form.submit("Withdraw this certificate", reason="other")
    form.submit("Withdraw this certificate", reason="holder asked")
    with site.inside():
        award = find_award(code)
        assert award is not None and award.withdrawn_reason == "other"
    assert count_events(site, "CertificateWithdrawn") == 1


def test_the_certificate_of_somebody_who_left_can_be_withdrawn_by_its_code(sqlite_site: Site) -> None:
    site = sqlite_site
    code = earn(site)
    with site.inside():
        sam = site.person("sam").id
    site.do(provided(Hooks, site.app).delete_person, sam, None)
    page = site.visitor("cora").get(f"/programmes/harbour/certificates/{code}/withdraw")
    page = page.form_with("Withdraw this certificate").submit("Withdraw this certificate", reason="other")
    assert page.h1 == "People"
    assert "withdrawn by the programme" in site.stranger().get(f"/verify/{code}").h1


def test_mina_of_another_programme_finds_no_such_page(site: Site) -> None:
    code = earn(site)
    for programme in ("harbour", "meadow"):
        site.visitor("mina").get(f"/programmes/{programme}/certificates/{code}/withdraw", expect=404)


@given(day=st.dates(date(1990, 1, 1), date(2200, 1, 1)), months=st.integers(0, 240))
def test_months_later_is_the_same_day_or_the_last_of_the_month(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)
    assert add_months(day, 0) == day


@given(name=st.text(min_size=1, max_size=60))
def test_a_name_fits_itself_however_it_is_cased_and_spaced(name: str) -> None:
    if plain_name(name):
        assert name_fits(name, name)
        assert name_fits(f"  {name.casefold()}  ", name)
        assert name_fits(" ".join(name), name)


@given(one=st.text(max_size=30), other=st.text(max_size=30))
def test_names_fit_in_both_directions_or_in_none_and_nothing_fits_an_empty_one(one: str, other: str) -> None:
    assert name_fits(one, other) == name_fits(other, one)
    assert not name_fits("", other) and not name_fits(one, "")


@given(until=st.dates(date(2000, 1, 1), date(2100, 1, 1)), days=st.integers(-400, 400))
def test_the_last_day_is_a_valid_day(until: date, days: int) -> None:
    today = until + timedelta(days=days)
    state = state_of(waiting=False, withdrawn=False, replaced=False, valid_until=until, today=today)
    assert state == ("expired" if days > 0 else "valid")


def test_issuing_a_certificate_asks_the_database_for_each_thing_once(sqlite_site: Site) -> None:
    enrolment = prepare(sqlite_site, "sam", read=False)
    pass_check(sqlite_site, enrolment)
    with sqlite_site.inside():
        *lessons, last = [lesson.id for lesson in the_course().lessons]
    for lesson in lessons:
        sqlite_site.do(finish_lesson, enrolment, lesson)
    with sqlite_site.statements() as asked:
        sqlite_site.do(finish_lesson, enrolment, last)
    with sqlite_site.inside():
        assert find_award_of_enrolment(enrolment) is not None
    read = [each for each in asked if each.startswith("SELECT")]
    [deciding] = [each for each in read if "validity_rule" in each]
    assert all(f"{table}." in deciding for table in ("award", "programme", "person", "lesson_done"))
    # Besides: lesson, enrolment, whether the name was confirmed, the holder's status twice, what's asked of practice.
    assert len(read) <= 7, read
