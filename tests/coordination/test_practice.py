"""Observed practice on the coordinator's page: recorded, told to its learner, undone, and asked for in a course."""

from __future__ import annotations

from datetime import timedelta

import pytest
from click.testing import CliRunner

from lms.accounts import actions as accounts
from lms.certification.awards.records import find_award_of_enrolment
from lms.foundation import clock
from lms.foundation.text.i18n import day
from tests.builders.learning import COURSE, PFA, pass_check, prepare
from tests.conftest import Site
from tests.inspector import Page

PEOPLE = "/programmes/harbour/people"


def page_for(site: Site, name: str = "cora") -> Page:
    """Open the page of what was observed of Sam's practice."""
    with site.inside():
        sam = site.person("sam").public_id
    return site.visitor(name).get(f"{PEOPLE}/{sam}/practice")


def ask_for(site: Site, number: str = "1") -> Page:
    """Let the course ask for observed practice, on its page."""
    page = site.visitor("cora").get(f"/programmes/harbour/courses/{PFA}/readiness")
    return page.form("/readiness").submit(observations=number)


def record(site: Site, expect: int = 200, **more: str) -> Page:
    """Record that Tara observed Sam today, or something else."""
    with site.inside():
        tara = site.person("tara").public_id
    today = clock.today("UTC").isoformat()
    sent = {"course": PFA, "observer": tara, "role": "trainer", "seen_on": today, "rating": "basic"}
    return page_for(site).form("/practice").submit(expect=expect, **(sent | more))


def test_cora_records_the_last_practice_that_is_asked_for_and_sam_is_ready(site: Site) -> None:
    enrolment = prepare(site, "sam")
    pass_check(site, enrolment)
    assert "asks for observed practice" in page_for(site).main
    ask_for(site)
    left = site.visitor("sam").get(f"{COURSE}/left").main
    assert "One observed practice" in left and "0 of 1" in left
    page = record(site)
    assert f"{day(clock.today('UTC'))}, Tara Lindqvist (trainer): Basic." in page.main
    left = site.visitor("sam").get(f"{COURSE}/left").main
    assert "Tara Lindqvist (trainer): Basic." in left
    certificates = site.visitor("sam").get("/certificates").main
    assert "Course completed" in certificates and "Ready to practise, since" in certificates
    people = site.visitor("cora").get(PEOPLE)
    assert "Valid, ready to practise" in people.main
    sheet = site.visitor("cora").get(f"{PEOPLE}.csv").html
    assert ",Valid,Yes," in sheet
    assert "Basic" not in people.html and "Tara" not in people.html


@pytest.mark.parametrize("manager", ["tara@example.org", "Tara LINDQVIST"])
@pytest.mark.parametrize("named", [False, True], ids=["chosen", "named"])
def test_nobodys_line_manager_observes_their_practice(sqlite_site: Site, manager: str, named: bool) -> None:
    prepare(sqlite_site, "sam")
    ask_for(sqlite_site)
    with sqlite_site.inside():
        sam = sqlite_site.person("sam").public_id
    sqlite_site.visitor("cora").get(f"{PEOPLE}/{sam}/details").form("/details").submit(line_manager=manager)
    sent = {"observer": "outside", "observer_name": "tara lindqvist"} if named else {}
    page = record(sqlite_site, expect=422, **sent)
    assert "Tara Lindqvist is their line manager" in page.main and "Nothing was recorded." in page.main
    sqlite_site.visitor("cora").get(f"{PEOPLE}/{sam}/details").form("/details").submit(line_manager="Ruth Amadi")
    assert "Tara Lindqvist (trainer): Basic." in record(sqlite_site).main


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"observer": ""}, "Choose who was there."),
        ({"observer": "outside"}, "Enter the name of the person who was there."),
        ({"observer": "outside", "observer_name": "sam osei"}, "People can’t observe or record their own practice."),
        ({"observer": "outside", "observer_name": "x" * 81}, "This is 81 characters long"),
        ({"seen_on": "yesterday"}, "Enter today’s date or an earlier one"),
        ({"seen_on": "2999-01-01"}, "Enter today’s date or an earlier one"),
        ({"seen_on": ""}, "Enter today’s date or an earlier one"),
        ({"seen_on": "0001-01-01"}, "The date is before 1 January 2000. Please check the year."),
    ],
)
def test_what_cannot_be_is_told_kindly_and_what_was_typed_stays(
    sqlite_site: Site, sent: dict[str, str], said: str
) -> None:
    prepare(sqlite_site, "sam")
    ask_for(sqlite_site)
    page = record(sqlite_site, 422, **sent)
    assert said in page.main and page.form("/practice").fields
    assert "No records yet." in page_for(sqlite_site).main


def test_nothing_chosen_is_told_field_by_field(sqlite_site: Site) -> None:
    prepare(sqlite_site, "sam")
    ask_for(sqlite_site)
    page = page_for(sqlite_site).form("/practice").submit(expect=422)
    assert "Choose how it went." in page.main and "Choose who was there." in page.main


def test_undoing_asks_for_one_of_a_few_reasons_which_sam_reads(sqlite_site: Site) -> None:
    prepare(sqlite_site, "sam")
    ask_for(sqlite_site)
    form = record(sqlite_site).form("/undo")
    field = next(name for name in form.choices if name.startswith("why-"))
    assert "Choose one of the reasons." in form.submit(expect=422).main
    page = form.submit(**{field: "somebody else"})
    assert "no longer counts" in page.main and not [each for each in page.forms if each.action.endswith("/undo")]
    assert "It was somebody else’s practice" in sqlite_site.visitor("sam").get(f"{COURSE}/left").main


def test_there_is_no_field_for_what_was_said(sqlite_site: Site) -> None:
    prepare(sqlite_site, "sam")
    ask_for(sqlite_site)
    page = page_for(sqlite_site)
    assert not page.find("textarea")
    names = {name for name, _value in page.form("/practice").fields}
    assert names <= {"form_token", "course", "observer", "observer_name", "role", "seen_on", "rating"}


def test_a_number_that_is_none_is_refused(sqlite_site: Site) -> None:
    page = sqlite_site.visitor("cora").get(f"/programmes/harbour/courses/{PFA}/readiness")
    for text in ("-1", "11", "two", ""):
        assert "whole number" in page.form("/readiness").submit(observations=text, expect=422).main


def test_mina_of_another_programme_and_tara_find_no_such_page(sqlite_site: Site) -> None:
    prepare(sqlite_site, "sam")
    with sqlite_site.inside():
        sam = sqlite_site.person("sam").public_id
    for name in ("mina", "tara", "sam"):
        sqlite_site.visitor(name).get(f"{PEOPLE}/{sam}/practice", expect=404)
    sqlite_site.visitor("mina").get(f"/programmes/meadow/people/{sam}/practice", expect=404)


def test_the_same_from_a_terminal(sqlite_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from lms.cli import main

    enrolment = prepare(sqlite_site, "sam")
    pass_check(sqlite_site, enrolment)
    monkeypatch.setenv("LMS_DATA", str(sqlite_site.settings.data))
    today = clock.today("UTC")

    def lms(*words: str) -> str:
        return CliRunner().invoke(main, ["certificates", *words]).output

    def evidence(on: str, observer: str = "Tara Lindqvist") -> str:
        more = ["--observer", observer, "--date", on, "--rating", "skilled", "--programme", "harbour"]
        return lms("evidence", "sam@example.org", "--course", PFA, *more)

    assert "asks for 2" in lms("readiness", PFA, "--observations", "2", "--programme", "harbour")
    assert "1 of 2" in evidence((today - timedelta(days=1)).isoformat())
    assert "in the future" in evidence((today + timedelta(days=9)).isoformat())
    assert "their own practice" in evidence(today.isoformat(), "Sam Osei")
    assert "ready to practise" in evidence(today.isoformat())
    with sqlite_site.inside():
        award = find_award_of_enrolment(enrolment)
        assert award is not None and award.level == "ready"


def test_recording_harm_offers_to_withdraw_readiness_on_the_next_page_and_marks_the_person(site: Site) -> None:
    prepared = prepare(site, "sam")
    pass_check(site, prepared)
    ask_for(site)
    record(site)
    with site.inside():
        ready = find_award_of_enrolment(prepared)
        assert ready is not None and ready.level == "ready"
        sam = site.person("sam").public_id
    cora = site.visitor("cora")
    assert "Readiness on hold" not in cora.get(PEOPLE).main
    page = record(site, rating="harmful")
    assert "Readiness on hold" in page.main and "still holds a certificate" in page.main
    assert "Readiness on hold" in cora.get(PEOPLE).main and "Readiness on hold" in cora.get(f"{PEOPLE}.csv").html
    assert "Withdraw “ready to practise”" in cora.get(f"{PEOPLE}/{sam}").main
    after = page.form_with("Withdraw “ready to practise”").submit("Withdraw “ready to practise”")
    assert "Readiness on hold" in after.main and "still holds a certificate" not in after.main
    assert "was withdrawn" in site.stranger().get(f"/verify/{ready.code}").main
    left = site.visitor("sam").get(f"{COURSE}/left").main
    assert "Once a later practice goes well" in left
    record(site, rating="skilled")
    assert "Readiness on hold" not in cora.get(PEOPLE).main
    with site.inside():
        again = find_award_of_enrolment(prepared)
        assert again is not None and (again.level, again.withdrawn_at) == ("ready", None)


def test_a_second_person_confirms_an_observer_without_an_account_and_never_reads_the_word(site: Site) -> None:
    prepared = prepare(site, "sam")
    pass_check(site, prepared)
    ask_for(site)
    page = record(site, observer="outside", observer_name="Vera Sandoval", role="supervisor")
    assert "Not confirmed yet." in page.main
    waiting = "/programmes/harbour/practice-to-confirm"
    assert "1 observer to confirm" in site.visitor("cora").get(PEOPLE).main
    assert "There are no observers for you to confirm." in site.visitor("cora").get(waiting).main
    page = site.visitor("tara").get(waiting)
    assert "Vera Sandoval (supervisor)" in page.main and "Sam Osei" in page.main and "Basic" not in page.main
    assert "Choose one of the two buttons." in page.form_with("Confirm (Vera Sandoval)").submit(expect=422).main
    found = page.form_with("Confirm (Vera Sandoval)")
    assert "There are no observers for you to confirm." in found.submit("Confirm (Vera Sandoval)").main
    with site.inside():
        award = find_award_of_enrolment(prepared)
        assert award is not None and award.level == "ready"
    for name in ("sam", "mina"):
        site.visitor(name).get(waiting, expect=404)


def test_what_nobody_else_can_confirm_counts_for_nothing_and_its_learner_reads_why(sqlite_site: Site) -> None:
    prepare(sqlite_site, "sam")
    ask_for(sqlite_site)
    record(sqlite_site, observer="outside", observer_name="Vera Sandoval")
    button = "I can’t confirm this (Vera Sandoval)"
    form = sqlite_site.visitor("tara").get("/programmes/harbour/practice-to-confirm").form_with(button)
    form.submit(button)
    left = sqlite_site.visitor("sam").get(f"{COURSE}/left").main
    assert "Nobody else could confirm who observed it" in left and "0 of 1" in left


def test_the_person_observed_is_not_among_the_observers(sqlite_site: Site) -> None:
    with sqlite_site.inside():
        harbour, sam = next(iter(sqlite_site.roles(sqlite_site.person("sam").id))), sqlite_site.person("sam")
    sqlite_site.do(accounts.give_role, sam.id, harbour, "observer")
    prepare(sqlite_site, "sam")
    ask_for(sqlite_site)
    offered = page_for(sqlite_site).form("/practice").choices["observer"]
    assert sam.public_id not in offered and len(offered) == 4
