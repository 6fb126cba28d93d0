"""Registration: open, invited or closed, once for each link, with names of every script."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from click.testing import CliRunner
from pypdf import PdfReader
from sqlalchemy import func, select

from lms.accounts.invitations.actions import NewAccount, accept, invite, proof
from lms.accounts.records import Person, find_person_by_email, find_programme
from lms.cli import main as lms
from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.keys import secret_key
from lms.foundation.mail.outbox import OutboxMail
from tests.builders.learning import at_once, earn, link_in_newest_email, make_account
from tests.conftest import PASSWORD, Site
from tests.inspector import Page

Make = Callable[..., Site]


def invitation(site: Site, role: str = "learner", email: str = "noor@example.org", emailed: bool = True) -> str:
    """Return an invitation's address as it is emailed, or as a command prints it."""
    with site.inside():
        harbour = find_programme("harbour")
    assert harbour is not None
    token = site.do(invite, harbour.id, role, email)
    confirmed = f"?confirmed={proof(secret_key(site.settings.data), token)}" if emailed else ""
    return f"/invitation/{token}{confirmed}"


def register(site: Site, name: str = "Noor", expect: int = 200, password: str = PASSWORD) -> Page:
    return make_account(site, name, password=password, expect=expect)


def ask(site: Site, email: str, expect: int = 200) -> Page:
    return site.stranger().get("/register").form("/register").submit(email=email, expect=expect)


def people(site: Site) -> int:
    with site.inside():
        return db.session.scalar(select(func.count()).select_from(Person)) or 0


@pytest.mark.parametrize("setting", ["closed", "invited"])
def test_where_registration_is_not_open_the_page_says_so_and_has_no_form(make_sqlite_site: Make, setting: str) -> None:
    site = make_sqlite_site(LMS_REGISTRATION=setting)
    page = site.stranger().get("/register")
    assert not [form for form in page.forms if form.action.endswith("/register")]
    token = dict(site.stranger().get("/display").form("/display").fields)["form_token"]
    before = people(site)
    fields = [("form_token", token), ("display_name", "N"), ("email", "n@example.org"), ("password", PASSWORD)]
    site.stranger().post("/register", fields)
    assert people(site) == before


def test_a_closed_site_says_that_no_accounts_are_made_not_that_one_is_invited(make_sqlite_site: Make) -> None:
    site = make_sqlite_site(LMS_REGISTRATION="closed")
    assert "invitation" not in site.stranger().get("/register").main.lower()


def test_on_a_closed_site_an_invitation_makes_no_account_but_the_operators_does(make_sqlite_site: Make) -> None:
    site = make_sqlite_site(LMS_REGISTRATION="closed")
    page = site.stranger().get(invitation(site))
    assert not [form for form in page.forms if "/invitation/" in form.action]
    operator = site.stranger().get(f"/invitation/{site.do(invite, None, 'operator', None)}")
    assert operator.form_with("Create account")


def test_an_invitation_makes_one_account_with_its_role_and_works_once(site: Site) -> None:
    link = invitation(site, "coordinator")
    noor = site.stranger()
    page = noor.get(link).form_with("Create account").submit("Create account", display_name="Noor", password=PASSWORD)
    assert (page.h1, page.path) == ("People", "/programmes/harbour/people")
    assert site.stranger().get(link, expect=404).h1 == "This invitation no longer works"


def test_ten_who_use_one_link_at_once_make_one_account(site: Site) -> None:
    form = site.stranger().get(invitation(site)).form_with("Create account")
    form.fields = [
        (name, {"display_name": "Noor", "password": PASSWORD}.get(name, value)) for name, value in form.fields
    ]
    before = people(site)
    replies = at_once(form, 10)
    assert people(site) == before + 1
    assert sorted(reply.status_code for reply in replies)[0] == 303
    assert {reply.status_code for reply in replies} <= {303, 404, 422}


def test_a_link_ends_after_two_weeks(sqlite_site: Site) -> None:
    link = invitation(sqlite_site)
    clock.shift(timedelta(days=14, minutes=1))
    assert sqlite_site.stranger().get(link, expect=404).h1 == "This invitation no longer works"


def test_somebody_who_is_signed_in_takes_the_role_with_the_account_they_have(site: Site) -> None:
    sam, before = site.visitor("sam"), people(site)
    sam.get(invitation(site, "coordinator", "sam@example.org")).form_with("Accept as Sam Osei").submit(
        "Accept as Sam Osei"
    )
    assert sam.get("/programmes/harbour/people").h1 == "People" and people(site) == before


@pytest.mark.parametrize(
    "name", ["نور الهدى", "Łucja Żółć", "Nguyễn Thị Hằng", "Ἀθηνᾶ", "O’Brien & Søn <b>", "李小龍", "Ñ"]
)
def test_a_name_of_any_script_is_welcome_and_stands_on_the_page_as_it_was_typed(sqlite_site: Site, name: str) -> None:
    assert register(sqlite_site, name).h1 == f"Welcome, {name}"


def test_a_name_of_three_hundred_characters_is_answered_beside_its_field_and_kept_there(site: Site) -> None:
    before = people(site)
    page = register(site, "ä" * 300, expect=422)
    assert "300 characters" in page.main and "80" in page.main
    assert page.find("[name=display_name]")[0].get("value") == "ä" * 300
    assert people(site) == before


@pytest.mark.parametrize(
    "email",
    ["noor", "noor@", "@example.org", "noor@example", "a b@example.org", "noor@exa\tmple.org", "n\nBcc:x@example.org"],
)
def test_what_cannot_be_an_address_is_answered_beside_its_field(sqlite_site: Site, email: str) -> None:
    assert "looks like name@example.org" in ask(sqlite_site, email, expect=422).main


def written(site: Site, email: str) -> tuple[str, list[str], str]:
    """Ask to register; return what the page says, the statements it took, and the email that it wrote."""
    form = site.stranger().get("/register").form("/register")
    with site.statements() as statements:
        page = form.submit(email=email)
    with site.inside():
        letter = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    assert letter is not None and letter.recipient == email
    return page.main, statements, letter.body


def test_the_page_and_its_cost_are_the_same_whoever_has_the_address_and_the_email_says_what_to_do(site: Site) -> None:
    written(site, "warm@example.org")
    new, known, alike = (written(site, email) for email in ("noor@example.org", "sam@example.org", "c0ra@example.org"))
    assert new[:2] == known[:2] == alike[:2]
    assert "/invitation/" in new[2] and "?confirmed=" in new[2]
    assert "You already have one" in known[2] and "/forgotten" in known[2]
    assert "too much like a colleague" in alike[2]
    assert "/invitation/" not in known[2] + alike[2]


def test_nothing_is_granted_before_the_address_is_proven(site: Site) -> None:
    before = people(site)
    ask(site, "noor@example.org")
    assert people(site) == before
    link = link_in_newest_email(site)
    for other in (link.replace("confirmed=", "confirmed=0"), link.partition("?")[0]):
        page = site.stranger().get(other).form_with("Create account")
        assert "noor@example.org" in page.page.main
    noor = make_account(site, "Noor Haddad", "noor.haddad@example.org").client
    with site.inside():
        person = find_person_by_email("noor.haddad@example.org")
        assert person is not None and person.email_proven_at and ["learner"] in site.roles(person.id).values()
    assert noor.get("/courses").h1 == "Welcome, Noor Haddad"


def test_a_learner_who_took_a_coordinators_link_stays_a_learner(site: Site) -> None:
    sam = site.visitor("sam")
    for emailed in (True, False):
        link = invitation(site, "coordinator", "cora.new@example.org", emailed)
        page = sam.get(link)
        assert "for another email address" in page.main and not page.find("main form")
        token = dict(sam.get("/display").form("/display").fields)["form_token"]
        sam.post(link, [("form_token", token), ("address", "sam@example.org")], expect=422)
        taken = site.do(accept, link.partition("?")[0].rpartition("/")[2], sam_id(site), proven=emailed)
        assert taken.message.startswith("This invitation is for another email address")
    sam.get("/programmes/harbour/people", expect=404)


def sam_id(site: Site) -> str:
    with site.inside():
        return site.person("sam").id


@pytest.mark.parametrize("role", ["trainer", "observer", "coordinator"])
def test_a_role_above_learner_needs_the_link_in_the_email_to_its_address(site: Site, role: str) -> None:
    link = invitation(site, role, emailed=False)
    page = site.stranger().get(link)
    assert not page.find("input[type=password]")
    token = link.rpartition("/")[2]
    new = NewAccount("noor@example.org", "Noor", "x")
    assert "Please use the link in the email" in site.do(accept, token, new, proven=False).message
    sent = page.form_with("Send the link").submit("Send the link")
    assert sent.h1 == "Check your email" and "noor@example.org" in sent.main
    form = site.stranger().get(link_in_newest_email(site)).form_with("Create account")
    page = form.submit("Create account", display_name="Noor", password=PASSWORD)
    assert page.h1 == ("People" if role == "coordinator" else "Welcome, Noor")
    with site.inside():
        person = find_person_by_email("noor@example.org")
        assert person is not None and [role] in site.roles(person.id).values()


def test_an_invitation_without_an_address_gives_no_role_above_learner(site: Site) -> None:
    with site.inside():
        harbour = find_programme("harbour")
    assert harbour is not None
    token = site.do(invite, harbour.id, "coordinator", None)
    page = site.stranger().get(f"/invitation/{token}")
    assert "this one has no address" in page.main and not page.find("main form")


def test_somebody_who_has_an_account_is_asked_to_sign_in_and_comes_back(site: Site) -> None:
    link = invitation(site, "observer", "sam@example.org")
    page = site.stranger().get(link).follow("Sign in")
    page = page.form("/sign-in").submit(email="sam@example.org", password=PASSWORD)
    page.form_with("Accept as Sam Osei").submit("Accept as Sam Osei")
    with site.inside():
        assert site.roles(sam_id(site)).popitem()[1] == ["learner", "observer"]


def test_three_emails_an_hour_prove_an_address_however_often_the_link_is_asked_for(sqlite_site: Site) -> None:
    link = invitation(sqlite_site, "coordinator", emailed=False)
    for _time in range(5):
        sqlite_site.stranger().get(link).form_with("Send the link").submit("Send the link")
    with sqlite_site.inside():
        assert db.session.scalar(select(func.count()).select_from(OutboxMail)) == 3


@pytest.mark.parametrize(
    ("password", "word"),
    [
        ("seven77", "at least 8 characters"),
        ("password123", "easy to guess"),
        ("sidelight", "easy to guess"),
        ("noor@example.org", "easy to guess"),
        ("x" * 257, "at most 256"),
    ],
)
def test_a_password_too_easily_guessed_is_answered_kindly(sqlite_site: Site, password: str, word: str) -> None:
    assert word in register(sqlite_site, password=password, expect=422).main


@pytest.mark.parametrize(
    "password", ["a cup, a window, a tree", "пароль из слов моря", "7h$kQ2!zPw", "w" + "ave tin lamp " * 15]
)
def test_long_pasted_and_foreign_passwords_are_taken_and_work(sqlite_site: Site, password: str) -> None:
    register(sqlite_site, password=password)
    page = sqlite_site.stranger().get("/sign-in").form("/sign-in").submit(email="noor@example.org", password=password)
    assert page.h1 == "Welcome, Noor"


def test_an_arabic_name_with_a_quote_and_an_ampersand_goes_through_to_the_pdf(site: Site) -> None:
    name = 'نور "الهدى" & أمل'
    sam = site.visitor("sam")
    sam.get("/account").form("/account").submit(display_name=name, certificate_name=name)
    assert sam.get("/courses").h1 == f"Welcome, {name}"
    code = earn(site, document=True)
    pdf = PdfReader(BytesIO(sam.get(f"/certificates/{code}/pdf").response.data))
    heading = [thing.get_object() for thing in walk(pdf.trailer["/Root"]["/StructTreeRoot"])]
    assert name in [str(element["/ActualText"]) for element in heading if "/ActualText" in element]
    assert "The name matches." in site.stranger().get(f"/verify/{code}").form(f"/verify/{code}").submit(name=name).main


def walk(element: Any) -> list[Any]:
    """Return all structure elements below one."""
    element = element.get_object()
    kids = element.get("/K", []) if hasattr(element, "get") else []
    below = [kid for kid in (kids if isinstance(kids, list) else [kids]) if hasattr(kid.get_object(), "get")]
    return [element, *(found for kid in below for found in walk(kid))]


def test_a_name_no_font_prints_is_saved_and_answered_kindly(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    page = sam.get("/account").form("/account").submit(certificate_name="Sam 𒀀")
    assert "Saved." in page.main and "We can’t print these characters yet: 𒀀." in page.main
    assert dict(sam.get("/account").form("/account").fields)["certificate_name"] == "Sam 𒀀"


def test_somebody_whose_name_cannot_be_printed_has_a_certificate_in_it_and_asks_for_another_spelling(
    site: Site,
) -> None:
    page = register(site, "𒀀𒀁")
    assert "We can’t print these characters yet: 𒀀 𒀁" in page.main
    noor = page.client
    code = earn(site, "noor", document=True)
    assert "is valid, but its PDF isn’t ready yet" in noor.get(f"/certificates/{code}").main
    assert noor.get(f"/certificates/{code}/pdf").path == f"/certificates/{code}"
    found = site.stranger().get(f"/verify/{code}").form(f"/verify/{code}").submit(name="𒀀𒀁")
    assert "The name matches." in found.main
    noor.get("/account").form("/account").submit(certificate_name="Noor Haddad")
    noor.get(f"/certificates/{code}").form("/another-name").submit()
    anew = site.visitor("cora").get(f"/programmes/harbour/certificates/{code}/anew")
    anew.form("/anew").submit(because="name")
    site.work()
    newer = noor.get(f"/certificates/{code}").follow("See your new certificate")
    assert noor.get(f"{newer.path}/pdf").response.data.startswith(b"%PDF")


def test_the_command_gives_a_role_above_learner_to_nobody_whose_address_is_unproven(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LMS_DATA", str(sqlite_site.settings.data))
    sqlite_site.do(lambda: setattr(sqlite_site.person("sam"), "email_proven_at", None))
    to = ("sam@example.org", "--programme", "harbour")
    refused = CliRunner().invoke(lms, ["people", "role", *to, "--add", "coordinator"])
    assert refused.exit_code == 1 and "Nothing was changed." in refused.output
    told = CliRunner().invoke(lms, ["people", "add", *to, "--role", "coordinator"]).output
    assert "we email them a second link" in told and "?confirmed=" not in told
    with sqlite_site.inside():
        assert sqlite_site.roles(sam_id(sqlite_site)).popitem()[1] == ["learner"]
    printed = CliRunner().invoke(lms, ["people", "add", "noor@example.org", *to[1:], "--role", "trainer", "--checked"])
    link = re.search(r"(/invitation/\S+\?confirmed=\S+)", printed.output)
    assert link and sqlite_site.stranger().get(link[1]).form_with("Create account")
    told = CliRunner().invoke(lms, ["people", "add", *to, "--role", "coordinator", "--checked"]).output
    assert "now has the role coordinator" in told


def test_emails_with_a_link_to_an_account_name_the_programme(site: Site) -> None:
    ask(site, "noor@example.org")
    site.stranger().get(invitation(site, "trainer", "tomas@example.org", emailed=False)).form_with(
        "Send the link"
    ).submit("Send the link")
    with site.inside():
        subjects = set(db.session.scalars(select(OutboxMail.subject)))
        bodies = list(db.session.scalars(select(OutboxMail.body)))
    assert subjects == {
        "Create your account for Harbour Hospitals",
        "Confirm your email address to join Harbour Hospitals",
    }
    assert all("Harbour" in body for body in bodies)
