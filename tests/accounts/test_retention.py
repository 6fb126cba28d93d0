"""Retention on a moved clock: what goes on which day, who is told before, and what stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms import retention
from lms.accounts.actions import set_programme
from lms.accounts.leaving import disable, enable, end_membership
from lms.accounts.members.records import get_member
from lms.accounts.personal_data.closed_accounts import NOTICE, AccountEnding
from lms.accounts.records import Person
from lms.certification.awards.records import find_award
from lms.foundation import clock
from lms.foundation.audit.entries import AuditEntry
from lms.foundation.db import db
from lms.foundation.text.i18n import day
from lms.learning.progress.attempt_records import Answer, Attempt, Result
from tests.builders.learning import answer, begin, earn, open_check, take_check
from tests.builders.mail import outbox
from tests.builders.units import add, harbour, join
from tests.conftest import PASSWORD, Site
from tests.inspector import Page

MONTH = timedelta(days=31)


def count(site: Site, table: type) -> int:
    with site.inside():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


def person_id(site: Site, name: str) -> str:
    with site.inside():
        return site.person(name).id


def audited(site: Site, event: str) -> list[dict[str, object]]:
    with site.inside():
        return list(db.session.scalars(select(AuditEntry.facts).where(AuditEntry.event == event)))


def is_there(site: Site, person_id: str) -> bool:
    with site.inside():
        row = db.session.get(Person, person_id)
        return row is not None and row.password_hash != ""


@pytest.mark.parametrize(("months", "left"), [(23, "all"), (25, "none")])
def test_answers_go_after_two_years_and_results_stay(site: Site, months: int, left: str) -> None:
    begin(site.visitor("sam")).form("/done").submit()
    take_check(site, "sam", lambda _question: True)
    before = count(site, Answer)
    clock.shift(months * MONTH - timedelta(days=months // 2))
    site.work()
    assert count(site, Answer) == (before if left == "all" else 0) and before
    assert count(site, Attempt) == count(site, Result) == 1
    told = audited(site, "OldAnswersDeleted")
    assert [facts["answers"] for facts in told] == ([] if left == "all" else [before])


def test_old_answers_go_in_batches_that_a_later_run_continues(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(sqlite_site.visitor("sam")).form("/done").submit()
    take_check(sqlite_site, "sam", lambda _question: True)
    before = count(sqlite_site, Answer)
    monkeypatch.setattr(retention, "ANSWERS_AT_ONCE", 3)
    monkeypatch.setattr(retention, "RUN_MOST", -1.0)
    clock.shift(25 * MONTH)
    sqlite_site.work()
    assert count(sqlite_site, Answer) == before - 3, "a run that has no time left ends after one batch"
    monkeypatch.setattr(retention, "RUN_MOST", 20.0)
    sqlite_site.work()
    assert count(sqlite_site, Answer) == 0
    assert sum(int(str(facts["answers"])) for facts in audited(sqlite_site, "OldAnswersDeleted")) == before


def test_a_check_that_was_answered_lately_keeps_its_answers_however_old_it_is(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    begin(sam)
    clock.shift(25 * MONTH)
    del sqlite_site.visitors["sam"]
    answer(sqlite_site, "sam", open_check(sqlite_site.visitor("sam")))
    before = count(sqlite_site, Answer)
    sqlite_site.work()
    assert count(sqlite_site, Answer) == before > 0


def test_the_page_of_a_result_says_that_its_answers_are_gone(sqlite_site: Site) -> None:
    begin(sqlite_site.visitor("sam")).form("/done").submit()
    take_check(sqlite_site, "sam", lambda _question: False)
    with sqlite_site.inside():
        address = f"/checks/{db.session.scalars(select(Attempt.public_id)).one()}/result"
    clock.shift(25 * MONTH)
    sqlite_site.work()
    del sqlite_site.visitors["sam"]
    page = sqlite_site.visitor("sam").get(address)
    assert "we’ve deleted your answers" in page.main and "Try the check again" in page.main
    assert "questions to look at again" not in page.main


def test_a_closed_account_is_told_a_month_before_it_goes_and_not_told_again(site: Site) -> None:
    with site.inside():
        lena = site.person("lena").id
    site.do(disable, lena)
    start = timedelta(0)
    for days, told, there in ((330, 0, True), (340, 1, True), (366, 1, True), (371, 0, False)):
        clock.shift(start + timedelta(days=days))
        site.work()
        emails = [row for row in outbox(site) if row.recipient == "lena@example.org" and "deleted on" in row.subject]
        assert (len(emails), is_there(site, lena)) == (told, there), days
    assert len(audited(site, "AccountEndingTold")) == 1
    log = (site.settings.data / "erasures.log").read_text()
    assert f" {lena} sealed" in log


def test_coordinators_are_asked_to_tell_somebody_without_email_that_their_closed_account_goes(site: Site) -> None:
    lena = person_id(site, "lena")
    site.do(lambda: setattr(db.session.get_one(Person, lena), "email", "lena.lind"))
    site.do(disable, lena)
    clock.shift(timedelta(days=340))
    site.work()
    people, said = "/programmes/harbour/people", "The closed account of Lena"
    page = site.visitor("cora").get(people)
    assert page.main.count(said) == 1 and said not in site.visitor("mina").get("/programmes/meadow/people").main
    assert day(clock.today("UTC") + NOTICE) in page.main and page.follow("See their page (Lena Brandt)").h1
    assert all("deleted on" not in row.subject for row in outbox(site))
    site.do(enable, lena)
    assert said not in site.visitor("cora").get(people).main


def test_an_account_that_is_opened_again_stays(sqlite_site: Site) -> None:
    with sqlite_site.inside():
        lena = sqlite_site.person("lena").id
    sqlite_site.do(disable, lena)
    clock.shift(timedelta(days=340))
    sqlite_site.work()
    sqlite_site.do(enable, lena)
    clock.shift(timedelta(days=400))
    sqlite_site.work()
    assert is_there(sqlite_site, lena) and count(sqlite_site, AccountEnding) == 0


def test_an_account_stays_while_its_certificate_is_valid_and_the_code_can_be_verified_after(sqlite_site: Site) -> None:
    code = earn(sqlite_site, "sam")
    with sqlite_site.inside():
        sam = sqlite_site.person("sam").id
        award = find_award(code)
        assert award is not None
        ends = award.valid_until
    sqlite_site.do(disable, sam)
    clock.shift(timedelta(days=500))
    sqlite_site.work()
    assert is_there(sqlite_site, sam) and ends is not None, "its certificate is valid for two years"
    over = ends - clock.today("UTC") + timedelta(days=501)
    for days, there in ((0, True), (31, False)):
        clock.shift(over + timedelta(days=days))
        sqlite_site.work()
        assert is_there(sqlite_site, sam) is there
    assert not is_there(sqlite_site, sam)
    page = sqlite_site.stranger().get(f"/verify/{code}").form(f"/verify/{code}").submit(name="Sam Osei")
    assert "The name matches." in page.main


def test_what_is_always_kept_stays(make_sqlite_site: object) -> None:
    site: Site = make_sqlite_site(  # type: ignore[operator]
        LMS_KEEP_ANSWERS_MONTHS="always", LMS_KEEP_CLOSED_ACCOUNTS_MONTHS="always"
    )
    begin(site.visitor("sam")).form("/done").submit()
    take_check(site, "sam", lambda _question: True)
    with site.inside():
        lena = site.person("lena").id
    site.do(disable, lena)
    clock.shift(100 * MONTH)
    site.work()
    assert count(site, Answer) and is_there(site, lena)


KEEPING = "/programmes/harbour/settings/keeping"


def shorten(site: Site, expect: int = 200, **months: str) -> Page:
    """Let Cora enter shorter times; nothing is saved yet."""
    return site.visitor("cora").get(KEEPING).form(KEEPING).submit(expect=expect, **months)


def test_a_programme_keeps_less_than_the_site_after_a_second_look_and_everybody_is_told_the_same(site: Site) -> None:
    begin(site.visitor("sam")).form("/done").submit()
    take_check(site, "sam", lambda _question: True)
    answers, lena = count(site, Answer), person_id(site, "lena")
    join(site, "lena", add(site, "Ward 4"))
    site.do(end_membership, lena, harbour(site))
    clock.shift(4 * MONTH)
    site.visitors.clear()
    refused = shorten(site, 422, keep_answers_months="25")
    assert "Enter 24 or less" in refused.main
    page = shorten(site, keep_answers_months="3", keep_details_months="5")
    assert f"{answers} answers in 1 check" in page.main and "0 people who left" in page.main
    assert "keeps them for 24" in page.main and "Nothing is saved yet" in page.main
    site.work()
    assert count(site, Answer) == answers, "nothing goes before it is saved"
    page = page.form(KEEPING).submit("Save and delete").form(KEEPING).submit("Continue", password=PASSWORD)
    assert "Saved." in page.main and "3 months" in page.main
    told = site.visitor("sam").get("/account/data").main
    assert "In Harbour Hospitals: 3 months." in told and "5 months after you leave" in told
    assert "Harbour" not in site.visitor("mina").get("/account/data").main
    for months, answers_left, unit in ((4, 0, True), (6, 0, False)):
        clock.shift(months * MONTH + timedelta(hours=2))
        site.work()
        with site.inside():
            noted = get_member(harbour(site), lena).unit_id is not None
        assert (count(site, Answer), noted) == (answers_left, unit), months
    assert count(site, Attempt) == count(site, Result) == 1
    assert [facts["answers"] for facts in audited(site, "OldAnswersDeleted")] == [answers]
    assert [facts["people"] for facts in audited(site, "OldDetailsDeleted")] == [1]


def test_another_programme_keeps_its_answers(sqlite_site: Site) -> None:
    begin(sqlite_site.visitor("sam")).form("/done").submit()
    take_check(sqlite_site, "sam", lambda _question: True)
    before = count(sqlite_site, Answer)
    sqlite_site.do(set_programme, "meadow", None, {"keep_answers_months": "1"})
    clock.shift(3 * MONTH)
    sqlite_site.work()
    assert count(sqlite_site, Answer) == before > 0
