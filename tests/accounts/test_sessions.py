"""Sign-ins: what is kept of them, and everything that ends one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from lms.accounts import actions
from lms.accounts.records import Membership
from lms.accounts.session_records import SignIn, find_visitor, list_sign_ins
from lms.foundation import clock
from lms.foundation.db import Base, db
from lms.foundation.keys import fingerprint
from tests.conftest import PASSWORD, Site
from tests.inspector import BASE, Inspector


def token_of(visitor: Inspector) -> str:
    cookie = visitor.browser.get_cookie("session", domain="127.0.0.1")
    assert cookie is not None
    return cookie.value


def with_token(site: Site, token: str) -> Inspector:
    """Return a browser into which somebody has put a cookie."""
    visitor = site.stranger()
    visitor.browser.set_cookie("session", token, domain="127.0.0.1")
    return visitor


def is_in(visitor: Inspector) -> bool:
    return visitor.get("/account").h1 == "Your account"


def test_the_database_holds_the_sha256_of_sams_cookie_and_the_cookie_nowhere(site: Site, sam: Inspector) -> None:
    token = token_of(sam)
    with site.inside():
        kept = [
            str(value)
            for table in Base.metadata.sorted_tables
            for row in db.session.execute(select(table))
            for value in row
        ]
    assert fingerprint(token) in kept
    assert not any(token in value for value in kept)


def test_the_cookie_is_for_this_site_only_and_no_script_reads_it(site: Site) -> None:
    visitor = site.stranger()
    page = visitor.get("/sign-in")
    sent = visitor.browser.post(
        "/sign-in",
        base_url=BASE,
        data={**dict(page.form("/sign-in").fields), "email": "sam@example.org", "password": PASSWORD},
    )
    cookie = sent.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert "Expires" not in cookie and "Max-Age" not in cookie


def test_a_cookie_kept_from_before_the_sign_out_opens_nothing(site: Site, sam: Inspector) -> None:
    token = token_of(sam)
    assert is_in(with_token(site, token))
    sam.get("/courses").form("/sign-out").submit()
    assert sam.browser.get_cookie("session", domain="127.0.0.1") is None
    assert not is_in(with_token(site, token))


def test_every_sign_in_has_a_new_id_and_ends_the_one_before_it(site: Site, sam: Inspector) -> None:
    former = token_of(sam)
    sam.get("/sign-in").form("/sign-in").submit(email="sam@example.org", password=PASSWORD)
    assert token_of(sam) != former
    assert is_in(sam) and not is_in(with_token(site, former))


def test_a_cookie_that_somebody_made_up_is_never_taken_over(site: Site) -> None:
    visitor = with_token(site, "chosen-by-somebody-else")
    visitor.get("/sign-in").form("/sign-in").submit(email="sam@example.org", password=PASSWORD)
    assert token_of(visitor) != "chosen-by-somebody-else"
    assert not is_in(with_token(site, "chosen-by-somebody-else"))


@pytest.mark.parametrize(("own_device", "within", "past"), [(False, 29, 36), (True, 19 * 60, 20 * 60 + 16)])
def test_a_sign_in_ends_when_it_has_rested(site: Site, own_device: bool, within: int, past: int) -> None:
    sam = site.visitor("sam", own_device=own_device)
    clock.shift(timedelta(minutes=within))
    assert is_in(sam)
    clock.shift(timedelta(minutes=within + past))
    assert not is_in(sam)


def test_somebody_who_keeps_going_stays_signed_in_all_day(site: Site, sam: Inspector) -> None:
    for quarter in range(1, 33):
        clock.shift(timedelta(minutes=15 * quarter))
        assert is_in(sam)


def test_a_disabled_account_stops_at_its_next_request(site: Site, sam: Inspector) -> None:
    assert is_in(sam)
    site.do(lambda: setattr(site.person("sam"), "disabled_at", clock.now()))
    assert not is_in(sam)
    page = sam.get("/sign-in").form("/sign-in").submit(email="sam@example.org", password=PASSWORD, expect=422)
    assert "don’t match" in page.main


def take_roles(site: Site, name: str) -> None:
    """Delete somebody's roles behind the application's back, as a restored or edited database does."""
    site.do(lambda: db.session.execute(delete(Membership).where(Membership.person_id == site.person(name).id)) and None)


def test_a_role_whose_row_is_gone_opens_nothing_at_the_next_request(site: Site, cora: Inspector) -> None:
    people = "/programmes/harbour/people"
    assert cora.get(people).h1 == "People"
    take_roles(site, "cora")
    assert cora.get(people, expect=404).h1 == "Page not found"
    assert is_in(cora) and "People" not in cora.get("/courses").links()


def test_operators_lose_their_notices_with_their_role(site: Site) -> None:
    ada = site.visitor("ada")
    site.do(lambda: setattr(site.person("ada"), "operator", False))
    with site.inside():
        found = find_visitor(fingerprint(token_of(ada)))
    assert found is not None and not found.is_operator


@pytest.mark.parametrize(("own_device", "within", "past"), [(False, 11, 12), (True, 19, 20)])
def test_a_sign_in_ends_after_its_longest_life_however_busy_it_is(
    site: Site, own_device: bool, within: int, past: int
) -> None:
    sam = site.visitor("sam", own_device=own_device)
    for quarter in range(1, 4 * within + 1):
        clock.shift(timedelta(minutes=15 * quarter))
        assert is_in(sam)
    clock.shift(timedelta(hours=past, minutes=1))
    assert not is_in(sam)
    with site.inside():
        assert list_sign_ins(site.person("sam").id) == []


def test_a_change_of_password_gives_the_session_a_new_id_and_ends_the_others(site: Site, sam: Inspector) -> None:
    former, phone = token_of(sam), site.stranger()
    phone.get("/sign-in").form("/sign-in").submit(email="sam@example.org", password=PASSWORD)
    form = sam.get("/account/password").form("/account/password")
    assert "You have a new password" in form.submit(old=PASSWORD, new="seven green kettles sing").main
    assert token_of(sam) != former
    assert is_in(sam) and not is_in(phone) and not is_in(with_token(site, former))


def test_a_new_role_ends_open_sign_ins_so_that_the_next_one_has_a_new_id(site: Site, sam: Inspector) -> None:
    with site.inside():
        person_id = site.person("sam").id
        programme_id = next(iter(site.roles(person_id)))
    site.do(actions.give_role, person_id, programme_id, "coordinator")
    assert not is_in(sam)
    sam.get("/sign-in").form("/sign-in").submit(email="sam@example.org", password=PASSWORD)
    assert sam.get("/programmes/harbour/people").h1 == "People"


def test_sam_sees_her_devices_and_ends_all_but_this_one(site: Site, sam: Inspector) -> None:
    phone = site.stranger()
    phone.get("/sign-in").form("/sign-in").submit(email="sam@example.org", password=PASSWORD)
    page = sam.get("/account")
    assert page.main.count("This device") == 1 and "Sign out all other devices" in page.main
    page.form("/end-others").submit()
    assert is_in(sam) and not is_in(phone)


def test_sam_ends_one_other_device_by_its_button(site: Site, sam: Inspector) -> None:
    phone = site.stranger()
    phone.get("/sign-in").form("/sign-in").submit(email="sam@example.org", password=PASSWORD)
    ending = [form for form in sam.get("/account").forms if form.action.endswith("/end")]
    assert len(ending) == 1
    ending[0].submit()
    assert is_in(sam) and not is_in(phone)


def test_sign_ins_that_rested_for_days_are_swept_away(site: Site, sam: Inspector) -> None:
    clock.shift(timedelta(days=3))
    site.work()
    with site.inside():
        assert db.session.scalar(select(SignIn)) is None
