"""Met in another way: recorded with a reason, counted, told truthfully on the certificate, and undone with a reason."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from lms.accounts import actions
from lms.certification.awards.records import find_award_of_enrolment
from lms.foundation import clock
from lms.foundation.audit.entries import AuditEntry
from lms.foundation.db import db
from lms.foundation.text.i18n import day
from lms.learning.progress.rules import oldest_prior
from tests.builders.learning import CONVERSATIONS, COURSE, PFA, earn, pass_check, prepare
from tests.conftest import Site
from tests.inspector import Page

WHY = "She would rather not write dialogue."


def page_for(site: Site, name: str = "cora") -> Page:
    """Open the page of what Sam met in another way, from the list of people."""
    with site.inside():
        sam = site.person("sam").public_id
    return site.visitor(name).get(f"/programmes/harbour/people/{sam}/equivalents")


def record(site: Site, conversation: str, way: str = "talked", done_on: str = "", expect: int = 200) -> Page:
    form = page_for(site).form("/equivalents")
    return form.submit(item=f"{PFA}/practice/{conversation}", way=way, reason=WHY, done_on=done_on, expect=expect)


def certificate_of(site: Site, enrolment: str) -> str | None:
    with site.inside():
        award = find_award_of_enrolment(enrolment)
        return award.code if award else None


def test_a_certificate_is_reached_through_an_equivalent_and_says_so(site: Site) -> None:
    enrolment = prepare(site, "sam", practised=False)
    pass_check(site, enrolment)
    assert certificate_of(site, enrolment) is None
    for conversation in CONVERSATIONS:
        record(site, conversation)
    code = certificate_of(site, enrolment)
    assert code
    site.work()
    sam = site.visitor("sam")
    for text in (sam.get(f"/certificates/{code}").main, site.stranger().get(f"/verify/{code}").main):
        assert "The programme recognised prior learning" in text
        assert "written practice conversation" not in text and WHY not in text
    told = site.stranger().get(f"/verify/{code}?format=json").response.json
    assert "recognised prior learning" in told["attests"]["Practice"]


def test_what_is_waived_is_called_waived(sqlite_site: Site) -> None:
    enrolment = prepare(sqlite_site, "sam", practised=False)
    pass_check(sqlite_site, enrolment)
    for conversation in CONVERSATIONS:
        record(sqlite_site, conversation, "waived")
    page = sqlite_site.stranger().get(f"/verify/{certificate_of(sqlite_site, enrolment)}")
    assert "programme exempted the learner" in page.main and "recognised prior learning" not in page.main


def test_who_played_everything_has_nothing_of_it_on_the_certificate(sqlite_site: Site) -> None:
    enrolment = prepare(sqlite_site, "sam")
    record(sqlite_site, CONVERSATIONS[0])
    pass_check(sqlite_site, enrolment)
    page = sqlite_site.stranger().get(f"/verify/{certificate_of(sqlite_site, enrolment)}")
    assert "another way" not in page.main and "written practice conversation" in page.main


def test_sam_reads_what_was_recorded_and_why_and_the_list_of_people_says_nothing_of_it(sqlite_site: Site) -> None:
    prepare(sqlite_site, "sam", practised=False)
    record(sqlite_site, CONVERSATIONS[0])
    left = sqlite_site.visitor("sam").get(f"{COURSE}/left").main
    assert "You talked it through with a trainer." in left and WHY in left
    cora = sqlite_site.visitor("cora")
    for listed in (cora.get("/programmes/harbour/people").html, cora.get("/programmes/harbour/people.csv").html):
        assert WHY not in listed and "talked" not in listed


def test_another_coordinator_sees_that_it_is_met_and_not_how_or_why(sqlite_site: Site) -> None:
    prepare(sqlite_site, "sam", practised=False)
    record(sqlite_site, CONVERSATIONS[0])
    assert WHY in page_for(sqlite_site).main
    with sqlite_site.inside():
        tara, sam = sqlite_site.person("tara").id, sqlite_site.person("sam").id
        harbour = next(iter(sqlite_site.roles(sam)))
    sqlite_site.do(actions.give_role, tara, harbour, "coordinator")
    seen = page_for(sqlite_site, "tara").main
    assert "Recorded on" in seen and WHY not in seen and "Your reason" not in seen


def test_undoing_asks_for_a_reason_and_then_it_no_longer_counts(site: Site) -> None:
    enrolment = prepare(site, "sam", practised=False)
    pass_check(site, enrolment)
    page = record(site, CONVERSATIONS[0])
    form = page.form("/undo")
    field = next(name for name, _value in form.fields if name.startswith("why-"))
    assert "Give a reason" in form.submit(expect=422).main
    page_for(site).form("/undo").submit(**{field: "It was somebody else."})
    record(site, CONVERSATIONS[1])
    assert certificate_of(site, enrolment) is None
    assert "It was somebody else." in site.visitor("sam").get(f"{COURSE}/left").main
    with site.inside():
        rows = list(db.session.scalars(select(AuditEntry).where(AuditEntry.event.like("Equivalent%"))))
        cora = site.person("cora").id
    assert [row.event for row in rows] == ["EquivalentRecorded", "EquivalentUndone", "EquivalentRecorded"]
    assert {row.actor_id for row in rows} == {cora} and WHY not in str([row.facts for row in rows])


def test_a_certificate_that_rests_on_it_goes_on_standing(sqlite_site: Site) -> None:
    enrolment = prepare(sqlite_site, "sam", practised=False)
    pass_check(sqlite_site, enrolment)
    for conversation in CONVERSATIONS:
        page = record(sqlite_site, conversation)
    form = page.form("/undo")
    form.submit(**{next(name for name, _value in form.fields if name.startswith("why-")): "A slip."})
    code = certificate_of(sqlite_site, enrolment)
    assert sqlite_site.stranger().get(f"/verify/{code}").h1.startswith("This certificate is valid")


@pytest.mark.parametrize(("days", "said"), [(800, "too long ago"), (-2, "in the future"), (None, "Enter the date")])
def test_what_was_learned_elsewhere_has_an_age_limit_that_is_told_with_its_date(
    sqlite_site: Site, days: int | None, said: str
) -> None:
    prepare(sqlite_site, "sam", practised=False)
    today = clock.today("UTC")
    done_on = (today - timedelta(days=days)).isoformat() if days is not None else ""
    page = record(sqlite_site, CONVERSATIONS[0], "elsewhere", done_on, expect=422)
    assert said in page.main and WHY in page.html
    if days == 800:
        assert day(today.replace(year=today.year - 2)) in "".join(page.find(".errs")[0].itertext())
    record(sqlite_site, CONVERSATIONS[0], "elsewhere", (today - timedelta(days=700)).isoformat())


def test_a_programme_may_ask_that_it_is_younger_and_its_own_day_is_told(sqlite_site: Site) -> None:
    sqlite_site.do(actions.set_programme, "harbour", None, {"prior_months": "6"})
    prepare(sqlite_site, "sam", practised=False)
    today = clock.today("UTC")
    oldest = oldest_prior(today, 6)
    page = record(sqlite_site, CONVERSATIONS[0], "elsewhere", (oldest - timedelta(days=1)).isoformat(), expect=422)
    assert day(oldest) in "".join(page.find(".errs")[0].itertext())
    record(sqlite_site, CONVERSATIONS[0], "elsewhere", oldest.isoformat())


@pytest.mark.parametrize(
    ("today", "months", "oldest"),
    [
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2028, 3, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 24, date(2026, 2, 28)),
        (date(2026, 1, 15), 6, date(2025, 7, 15)),
        (date(2026, 12, 1), 12, date(2025, 12, 1)),
    ],
)
def test_months_back_is_the_same_day_or_the_last_of_the_month(today: date, months: int, oldest: date) -> None:
    assert oldest_prior(today, months) == oldest


def test_recording_twice_is_recording_once_and_needs_all_fields(sqlite_site: Site) -> None:
    prepare(sqlite_site, "sam", practised=False)
    page = page_for(sqlite_site).form("/equivalents").submit(expect=422).main
    assert "Choose what you’re recording." in page and "Give a reason" in page
    record(sqlite_site, CONVERSATIONS[0])
    assert record(sqlite_site, CONVERSATIONS[0], "waived").main.count("Recorded on") == 1


def test_the_page_shows_nothing_of_how_far_sam_is(sqlite_site: Site) -> None:
    prepare(sqlite_site, "sam", practised=False)
    before = page_for(sqlite_site).main
    earn(sqlite_site)
    assert page_for(sqlite_site).main == before
