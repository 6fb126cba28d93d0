"""What Cora changes of one person: details, roles, membership, and a link to a new password."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from lms.accounts.actions import give_role, name_operator, register
from lms.accounts.leaving import take_role
from lms.accounts.members import actions as members
from lms.accounts.records import Person, find_programme, roles_of
from lms.coordination.merging import actions as merging
from lms.coordination.merging.rules import Decider
from lms.foundation.db import db
from lms.foundation.mail.outbox import list_emails
from tests.builders.learning import earn
from tests.builders.units import add, harbour, join
from tests.conftest import PASSWORD, Site
from tests.inspector import Inspector, Page


def desk(site: Site, name: str, what: str = "") -> str:
    """Return the address of somebody's page, or of what can be done there."""
    with site.inside():
        return f"/programmes/harbour/people/{site.person(name).public_id}{what}"


def roles(site: Site, name: str) -> list[str]:
    with site.inside():
        return roles_of(site.person(name).id).get(harbour(site), [])


def change(site: Site, **fields: Any) -> Page:
    """Change Sam's details as another coordinator does."""
    return site.visitor("cora").get(desk(site, "sam", "/details")).form("/details").submit(**fields)


def facts(page: Page) -> dict[str, str]:
    return {row[0].text: "".join(row[1].itertext()) for row in page.find("table.dl tr")}


def test_cora_notes_unit_number_and_line_manager_and_sam_reads_them(site: Site) -> None:
    ward = add(site, "Ward 4")
    page = change(site, unit=ward, staff_number="  A 7 ", line_manager="tara@example.org")
    assert "Sam Osei" in site.visitor("cora").get("/programmes/harbour/people?q=a+7").main
    seen = facts(page)
    assert {"Saved."} <= {"".join(node.itertext()) for node in page.find(".told p")}
    assert (seen["Unit"], seen["Staff number"], seen["Line manager"]) == ("Ward 4", "A 7", "Tara Lindqvist")
    own = site.visitor("sam").get("/account")
    assert facts(own).items() >= {"Unit": "Ward 4", "Staff number": "A 7", "Line manager": "Tara Lindqvist"}.items()
    assert "Your programme changed which unit you’re in." in own.main


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("staff_number", "B 1", "Lena Brandt already has this staff number"),
        ("staff_number", "9" * 41, "can be 40 at most"),
        ("line_manager", "mina@example.org", "Nobody in this programme has this email address"),
        ("line_manager", "sam@example.org", "This is their own email address"),
        ("unit", "gone", "Somebody else has removed this unit in the meantime"),
    ],
)
def test_what_cannot_be_noted_is_said_and_nothing_is_written(
    sqlite_site: Site, field: str, value: str, words: str
) -> None:
    site = sqlite_site
    site.visitor("cora").get(desk(site, "lena", "/details")).form("/details").submit(staff_number="B 1")
    form = site.visitor("cora").get(desk(site, "sam", "/details")).form("/details")
    form.choices.pop("unit", None)
    page = form.submit(expect=422, **{"line_manager": "Ruth Amadi", field: value})
    assert words in page.main and (field == "line_manager" or "Ruth Amadi" in page.html)
    assert facts(site.visitor("cora").get(desk(site, "sam")))["Line manager"] == "None"


def test_the_second_of_two_coordinators_is_told_what_changed_and_overwrites_nothing(site: Site) -> None:
    ward, surgery = add(site, "Ward 4"), add(site, "Surgery")
    opened = site.visitor("cora").get(desk(site, "sam", "/details")).form("/details")
    change(site, unit=ward, staff_number="A 7")
    page = opened.submit(unit=surgery, line_manager="Ruth Amadi", expect=422)
    assert "Unit is now: Ward 4" in page.main and "Staff number is now: A 7" in page.main
    assert "Line manager is now" not in page.main
    assert facts(site.visitor("cora").get(desk(site, "sam")))["Unit"] == "Ward 4"
    again = page.form("/details")
    assert dict(again.fields)["line_manager"] == "Ruth Amadi", "what was typed is still there"
    assert facts(again.submit())["Unit"] == "Surgery"


def test_a_unit_renamed_meanwhile_is_still_the_one_that_was_chosen(sqlite_site: Site) -> None:
    ward = add(sqlite_site, "Ward 4")
    cora = sqlite_site.visitor("cora")
    opened = cora.get(desk(sqlite_site, "sam", "/details")).form("/details")
    cora.get(f"/programmes/harbour/units/{ward}").form(f"/units/{ward}").submit(name="Ward Four")
    assert facts(opened.submit(unit=ward))["Unit"] == "Ward Four"


def test_cora_gives_and_takes_roles(site: Site) -> None:
    cora = site.visitor("cora")
    page = cora.get(desk(site, "tara", "/roles"))
    assert "Sees who has a valid certificate and until when, and nothing else." in page.main
    stale = page.form("/roles")
    page = page.form("/roles").submit(role=["learner", "observer"])
    assert facts(page)["Roles"] == "Learner, Observer" and roles(site, "tara") == ["learner", "observer"]
    page = stale.submit(role=["trainer", "coordinator"], expect=422)
    assert "The roles are now: Learner, Observer" in page.main and roles(site, "tara") == ["learner", "observer"]
    assert "Choose at least one role" in page.form("/roles").submit(role=[], expect=422).main


def test_the_last_coordinator_stays_one(sqlite_site: Site) -> None:
    """Ada runs the site: only she can come to the roles of a programme's only coordinator."""
    ada = sqlite_site.visitor("ada")
    page = ada.get(desk(sqlite_site, "cora", "/roles")).form("/roles").submit(role=["learner"], expect=422)
    assert "Nobody else coordinates this programme" in page.main and roles(sqlite_site, "cora") == ["coordinator"]
    pages = (lambda: ada.get(desk(sqlite_site, "cora", "/account")),
             lambda: sqlite_site.visitor("cora").get("/account/delete"))  # fmt: skip
    assert all("Nobody else coordinates Harbour Hospitals." in page().main for page in pages)
    ada.get(desk(sqlite_site, "tara", "/roles")).form("/roles").submit(role=["trainer", "coordinator"])
    assert not any("Nobody else coordinates" in page().main for page in pages)
    ada.get(desk(sqlite_site, "cora", "/roles")).form("/roles").submit(role=["learner"])
    assert roles(sqlite_site, "cora") == ["learner"] and "coordinator" in roles(sqlite_site, "tara")


def test_a_role_above_learner_waits_until_the_address_is_proven(site: Site) -> None:
    def unprove() -> None:
        db.session.execute(update(Person).where(Person.email == "sam@example.org").values(email_proven_at=None))

    site.do(unprove)
    form = site.visitor("cora").get(desk(site, "sam", "/roles")).form("/roles")
    assert "Leave one of their current roles ticked" in form.submit(role=["observer"], expect=422).main
    page = form.submit(role=["learner", "observer"])
    assert "We emailed them an invitation to the new role" in page.text and roles(site, "sam") == ["learner"]
    assert "Invited as Observer until" in page.main
    with site.inside():
        (email,) = list_emails("sam@example.org")
        link = next(word for word in email.body.split() if "/invitation/" in word)
    site.visitor("sam").get(link.removeprefix("http://127.0.0.1:8000")).form_with("Accept as Sam Osei").submit()
    assert roles(site, "sam") == ["learner", "observer"]


def test_a_membership_ends_and_comes_back_with_what_was_noted(site: Site) -> None:
    code, ward = earn(site), add(site, "Ward 4")
    join(site, "sam", ward)
    page = site.visitor("cora").get(desk(site, "sam")).follow("End membership")
    assert "In Harbour Hospitals: Learner" in page.main and "Their certificates, each valid" in page.main
    form = page.form("/end-membership")
    form.submit("End membership")
    page = form.submit("End membership")  # The back button, or another coordinator, came first.
    assert "Left Harbour Hospitals on" in page.main and roles(site, "sam") == []
    assert "Valid" in site.stranger().get(f"/verify/{code}").main
    assert "Sam Osei" not in site.visitor("cora").get("/programmes/harbour/people").main
    site.visitor("cora").get(desk(site, "sam"), expect=404)
    page = page.form("/former").submit()
    assert "They’re a learner of this programme again." in page.text and facts(page)["Unit"] == "Ward 4"


def test_somebody_who_left_another_programme_has_no_page_here(sqlite_site: Site) -> None:
    with sqlite_site.inside():
        meadow, sam = find_programme("meadow"), sqlite_site.person("sam")
        assert meadow is not None
    sqlite_site.do(give_role, sam.id, meadow.id, "learner")
    sqlite_site.do(take_role, sam.id, meadow.id, "learner")
    sqlite_site.visitor("mina").get(f"/programmes/meadow/people/{sam.public_id}/former")
    sqlite_site.visitor("mina").get(f"/programmes/meadow/people/{sam.public_id}/details", expect=404)
    with sqlite_site.inside():
        lena = sqlite_site.person("lena").public_id
    sqlite_site.visitor("mina").get(f"/programmes/meadow/people/{lena}/former", expect=404)


def test_a_password_link_is_shown_once_after_coras_own_password_and_sam_sees_that(site: Site) -> None:
    page = site.visitor("cora").get(desk(site, "sam")).follow("Make a password link")
    page = page.form("/password-link").submit(password="not her password", expect=422)
    assert "Nothing has changed yet." in page.main and not page.find("main .code")
    page = page.form("/password-link").submit(password=PASSWORD)
    (link,) = (node.text for node in page.find("main .code"))
    with site.inside():
        (told,) = list_emails("sam@example.org")
        token = link.rsplit("/", 1)[-1]
        assert "A coordinator of Harbour Hospitals made a link" in told.body and token not in told.body
    stranger = site.stranger()
    path = link.removeprefix("http://127.0.0.1:8000")
    stranger.get(path).form("/new-password/" + path.rsplit("/", 1)[-1]).submit(new="lamps over quiet water 9")
    stranger.get(path, expect=404)
    sam = (
        site.stranger()
        .get("/sign-in")
        .form("/sign-in")
        .submit(email="sam@example.org", password="lamps over quiet water 9")
    )
    assert (
        "A coordinator or somebody who runs this site made a link for you to choose a new password."
        in sam.client.get("/account").main
    )


@pytest.mark.parametrize(
    ("who", "may"), [("a learner", True), ("a trainer", False), ("in two programmes", False), ("an operator", False)]
)
def test_cora_makes_no_link_with_which_she_could_sign_in_as_other_staff(sqlite_site: Site, who: str, may: bool) -> None:
    with sqlite_site.inside():
        meadow, sam = find_programme("meadow"), sqlite_site.person("sam")
        assert meadow is not None
    if who == "in two programmes":
        sqlite_site.do(give_role, sam.id, meadow.id, "learner")
    if who == "an operator":
        sqlite_site.do(name_operator, sam.id)
    page = sqlite_site.visitor("cora").get(desk(sqlite_site, "tara" if who == "a trainer" else "sam", "/password-link"))
    assert bool(page.find("main form")) is may


@pytest.mark.parametrize("gained", ["a role", "a programme", "the site", "another account"])
def test_a_password_link_ends_once_the_account_opens_more_than_when_it_was_made(sqlite_site: Site, gained: str) -> None:
    with sqlite_site.inside():
        meadow = find_programme("meadow")
        sam, lena = sqlite_site.person("sam").id, sqlite_site.person("lena").id
        assert meadow is not None
    here = harbour(sqlite_site)
    sqlite_site.do(members.hand_out_password_link, here, sam, "a-token", by_operator=False)
    assert sqlite_site.stranger().get("/new-password/a-token").find("main form")
    gain: dict[str, tuple[Any, ...]] = {
        "a role": (give_role, sam, here, "trainer"),
        "a programme": (give_role, sam, meadow.id, "learner"),
        "the site": (name_operator, sam),
        "another account": (merging.merge, here, sam, lena, Decider(None, operator=True)),
    }
    sqlite_site.do(*gain[gained])
    sqlite_site.stranger().get("/new-password/a-token", expect=404)


def test_ada_closes_and_opens_an_account_but_not_her_own(site: Site) -> None:
    ada, sam = site.visitor("ada"), site.visitor("sam")
    page = ada.get(desk(site, "sam", "/account")).form("/account").submit("Close the account")
    assert sam.get("/account").h1 == "Your account", "she shows who she is first"
    page = page.form("/account").submit("Continue", password=PASSWORD)
    assert "The account is closed." in page.text and sam.get("/account").h1 == "Sign in"
    assert "This account is closed" in site.visitor("cora").get(desk(site, "sam")).main
    page = page.form("/account").submit("Reopen the account")
    assert "The account is open again" in page.text
    with site.inside():
        ada_id = site.person("ada").id
    site.do(give_role, ada_id, harbour(site), "learner")
    del site.visitors["ada"]
    site.visitor("ada").get(desk(site, "ada", "/account"), expect=403)


@pytest.fixture
def erin(site: Site) -> Inspector:
    """An employer of harbour."""
    person = site.do(register, "erin@example.org", "Erin Walsh", "x")
    site.do(give_role, person.id, harbour(site), "employer")
    return site.visitor("erin")


def test_an_employer_sees_who_completed_what_until_when_and_nothing_else(site: Site, erin: Inspector) -> None:
    earn(site)
    page = erin.get("/courses").follow("Status")
    rows = ["".join(row.itertext()).split() for row in page.find("main tbody tr")]
    assert [row[:2] for row in rows] == [["Lena", "Brandt"], ["Sam", "Osei"]]
    assert "Completed" in rows[1] and "No" in rows[0] and "sam@example.org" not in page.html
    assert [row[:2] for row in rows if row] and not page.find("main tbody a")
    for search, found in (("osei", True), ("Sam OSE", True), ("sei", False), ("example", False), ("o_", False)):
        shown = page.form("/status").submit(q=search).main
        assert ("Sam Osei" in shown) is found and "Lena" not in shown, search
    ward = add(site, "Ward 4")
    join(site, "lena", add(site, "Nights", ward))
    join(site, "erin", ward)
    page = erin.get("/programmes/harbour/status")
    assert "Ward 4, Harbour Hospitals" in page.main and "Lena Brandt" in page.main and "Sam Osei" not in page.main
    for door in ("people", "people.csv", "units", "invitations", "practice-to-confirm"):
        erin.get(f"/programmes/harbour/{door}", expect=404)


def test_the_employers_list_goes_on_where_a_page_ended(site: Site, erin: Inspector) -> None:
    def crowd() -> None:
        for number in range(60):
            person = register(f"n{number}@example.org", f"Name {number % 3}", "x")
            assert isinstance(person, Person)
            give_role(person.id, harbour(site), "learner")

    site.do(crowd)
    first = erin.get("/programmes/harbour/status")
    second = first.follow("Next page")
    names = ["".join(row[0].itertext()) for page in (first, second) for row in page.find("main tbody tr")]
    assert len(names) == 62 and names == sorted(names) and "Next page" not in second.links()
