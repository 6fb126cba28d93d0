"""Changing one's email address: a link to the new one, a way to undo it, and nothing told to strangers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from lms.accounts.email_change.records import EmailChange, sweep_changes
from lms.accounts.records import find_person_by_email
from lms.accounts.second_factor.records import Passkey
from lms.accounts.session_records import SignIn
from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.mail.outbox import OutboxMail
from tests.builders.accounts import give_app, try_in
from tests.builders.mail import outbox
from tests.conftest import PASSWORD, Site
from tests.inspector import Inspector, Page

NEW = "sam.osei@new.example"


def proven(site: Site, name: str) -> Inspector:
    """Return somebody who has just entered their password again."""
    visitor = site.visitor(name)
    with site.inside():
        mine = SignIn.person_id == site.person(name).id
    site.do(lambda: db.session.execute(update(SignIn).where(mine).values(proven_at=clock.now())))
    return visitor


def ask(visitor: Inspector, email: str = NEW, expect: int = 200) -> Page:
    """Ask for another address."""
    return visitor.get("/account/email").form("/account/email").submit(email=email, expect=expect)


def last_to(site: Site, address: str) -> OutboxMail:
    return [mail for mail in outbox(site) if mail.recipient == address][-1]


def link_in(mail: OutboxMail) -> str:
    found = re.search(r"http://[^/]+(/account/email/\S+)", mail.body)
    assert found, mail.body
    return found[1]


def confirm(visitor: Inspector, link: str) -> Page:
    return visitor.get(link).form_with("Use this address").submit()


def undo(site: Site, link: str) -> Page:
    page = site.stranger().get(link)
    return page.form_with("Undo the change").submit()


def test_sam_changes_her_address_and_takes_it_back(site: Site) -> None:
    sam = proven(site, "sam")
    page = ask(sam)
    assert f"We’ve sent an email to {NEW}" in page.main
    assert try_in(site.stranger(), "sam@example.org", PASSWORD, expect=200).path == "/courses"  # nothing has changed
    link, way_back = link_in(last_to(site, NEW)), link_in(last_to(site, "sam@example.org"))
    assert NEW in last_to(site, "sam@example.org").body and "sam@example.org" not in last_to(site, NEW).body
    assert confirm(sam, link).main.count("new email address") == 1
    assert try_in(site.stranger(), NEW, PASSWORD, expect=200).path == "/courses"
    assert "Sam Osei" in site.visitor("cora").get(f"/programmes/harbour/people?q={NEW}").main
    assert "don’t match" in try_in(site.stranger(), "sam@example.org", PASSWORD).main
    assert link_in(last_to(site, "sam@example.org")) == way_back
    assert sam.get(link, expect=404).h1 == "This link no longer works"
    clock.shift(timedelta(days=13))
    page = undo(site, way_back)
    assert "this email address again" in page.main and page.h1 == "Reset your password"
    assert site.stranger().get(way_back, expect=404).h1 == "This link no longer works"
    assert sam.get("/account").h1 == "Sign in"
    assert try_in(site.stranger(), "sam@example.org", PASSWORD, expect=200).path == "/courses"


def test_undoing_takes_away_what_somebody_else_added_since(sqlite_site: Site) -> None:
    site = sqlite_site
    sam = proven(site, "sam")
    ask(sam)
    clock.shift(timedelta(minutes=1))
    give_app(site, "sam")
    with site.inside():
        sam_id = site.person("sam").id
    values = {"credential_id": "x", "public_key": b"x", "sign_count": 0, "name": "x", "created_at": clock.now()}
    site.do(lambda: db.session.add(Passkey(person_id=sam_id, **values)))
    undo(site, link_in([mail for mail in outbox(site) if "about to change" in mail.subject][-1]))
    assert sam.get("/account").h1 == "Sign in"
    with site.inside():
        assert site.person("sam").second_factor_at is None and not db.session.scalars(select(Passkey)).all()


def cost(site: Site, email: str) -> tuple[list[str], str]:
    """Return the statements and the page that asking for an address takes."""
    sam = site.visitor("sam")
    form = sam.get("/account/email").form("/account/email")
    with site.statements() as statements:
        page = form.submit(email=email)
    return statements, page.main.replace(email, "X")


def test_an_address_that_somebody_has_costs_and_reads_the_same_as_a_free_one(site: Site) -> None:
    ask(proven(site, "sam"), "warm@new.example")
    free, taken, alike = (cost(site, email) for email in (NEW, "lena@example.org", "c0ra@example.org"))
    assert free[1] == taken[1] == alike[1]
    assert free[0] == taken[0]
    assert "/account/email/confirm" not in last_to(site, "lena@example.org").body
    assert "already belongs to an account" in last_to(site, "lena@example.org").body.replace("\n", " ")
    assert "colleague’s" in last_to(site, "c0ra@example.org").body
    with site.inside():
        assert find_person_by_email("lena@example.org").display_name == "Lena Brandt"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("", "Please enter your email address"),
        ("sam@example.org", "This is your address already"),
        (" SAM@Example.org ", "This is your address already"),
        ("nobody", "needs one @"),
        ("a@b", "isn’t the name of a mail server"),
        ("sam@new.example, tom@new.example", "without a comma"),
    ],
)
def test_what_cannot_be_ones_new_address_is_said_beside_the_field(sqlite_site: Site, email: str, said: str) -> None:
    page = ask(proven(sqlite_site, "sam"), email, expect=422)
    assert said in page.main and "hasn’t changed" in page.main
    with sqlite_site.inside():
        assert not db.session.scalars(select(EmailChange)).all()


def test_a_link_is_for_its_own_person_and_ends(sqlite_site: Site) -> None:
    site = sqlite_site
    sam = proven(site, "sam")
    ask(sam)
    first = link_in(last_to(site, NEW))
    assert site.visitor("lena").get(first, expect=404).h1 == "This link no longer works"
    assert site.stranger().get(first).h1 == "Sign in"
    way_back = link_in(last_to(site, "sam@example.org"))
    changed = first[:-1] + ("0" if first[-1] != "0" else "1")
    for odd in (changed, first.replace("confirm", "undo"), "/account/email/undo/é.x"):
        visitor = sam if "confirm" in odd else site.stranger()
        assert visitor.get(odd, expect=404).h1 == "This link no longer works"
    ask(sam, "another@new.example")
    assert sam.get(first, expect=404)  # a newer one replaces it
    assert site.stranger().get(way_back, expect=404)
    second = link_in(last_to(site, "another@new.example"))
    clock.shift(timedelta(days=2, minutes=1))
    site.visitors.clear()
    assert site.visitor("sam").get(second, expect=404)
    clock.shift(timedelta(days=31))
    with site.inside():
        sweep_changes()
    with site.inside():
        assert not db.session.scalars(select(EmailChange)).all()


def test_an_address_that_somebody_else_took_meanwhile_stays_theirs(sqlite_site: Site) -> None:
    site = sqlite_site
    sam, lena = proven(site, "sam"), proven(site, "lena")
    ask(sam)
    link = link_in(last_to(site, NEW))
    ask(lena)
    confirm(lena, link_in(last_to(site, NEW)))
    page = sam.get(link).form_with("Use this address").submit(expect=404)
    assert page.h1 == "This address is in use"
    way_back = link_in(last_to(site, "lena@example.org"))
    ask(sam, "lena@example.org")
    confirm(sam, link_in(last_to(site, "lena@example.org")))
    page = site.stranger().get(way_back).form_with("Undo the change").submit(expect=404)
    assert page.h1 == "This address is in use"


def test_five_changes_a_day_are_enough(sqlite_site: Site) -> None:
    sam = proven(sqlite_site, "sam")
    for number in range(5):
        ask(sam, f"sam{number}@new.example")
    form = sam.get("/account/email").form("/account/email")
    assert "several times today" in form.submit(email=NEW, expect=422).main
    assert len([mail for mail in outbox(sqlite_site) if mail.recipient.endswith("@new.example")]) == 5
