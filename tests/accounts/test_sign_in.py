"""Signing in: equal answers for people who are there and people who are not, and a calm limit."""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from types import FrameType

import pytest

from lms.accounts.actions import make_password_link
from lms.accounts.limits import make_pass, note_sign_in_miss, passes
from lms.foundation import clock
from lms.foundation.ids import secret_token
from lms.foundation.keys import secret_key
from tests.builders.accounts import try_in
from tests.builders.web import network_of
from tests.conftest import PASSWORD, Site
from tests.inspector import Inspector


def cost(site: Site, email: str) -> tuple[list[str], int, str]:
    """Return the statements, the hashes and the page that a slip costs."""
    hashes = 0
    form = site.stranger().get("/sign-in").form("/sign-in")

    def count(frame: FrameType, kind: str, _arg: object) -> None:
        nonlocal hashes
        # The hash itself is made in a thread of its own.
        hashes += kind == "call" and frame.f_code.co_name == "_in_turn"

    with site.statements() as statements:
        sys.setprofile(count)
        page = form.submit(email=email, password="not the one", expect=422)
        sys.setprofile(None)
    return statements, hashes, page.main.replace(email, "X")


def test_somebody_unknown_and_somebody_known_cost_the_same_and_read_the_same(site: Site) -> None:
    cost(site, "warm@example.org")
    known, unknown = cost(site, "sam@example.org"), cost(site, "nobody@example.org")
    assert known[0] == unknown[0] and known[2] == unknown[2]
    assert known[1] == unknown[1] >= 1


def test_a_disabled_account_costs_and_reads_the_same_as_nobody(site: Site) -> None:
    site.do(lambda: setattr(site.person("sam"), "disabled_at", clock.now()))
    cost(site, "warm@example.org")
    assert cost(site, "sam@example.org") == cost(site, "nobody@example.org")


@pytest.mark.parametrize("email", ["sam@example.org", "nobody@example.org"])
def test_after_ten_slips_the_page_asks_to_wait_and_a_quarter_of_an_hour_later_it_hears_again(
    site: Site, email: str
) -> None:
    for _slip in range(10):
        assert "don’t match" in try_in(site.stranger(), email, "not the one").main
    assert "Please wait 15 minutes" in try_in(site.stranger(), email, PASSWORD).main
    clock.shift(timedelta(minutes=16))
    again = try_in(site.stranger(), email, PASSWORD, expect=200 if email.startswith("sam") else 422)
    assert "Please wait" not in again.main


def from_network(site: Site, number: int) -> Inspector:
    """Return a stranger whose requests come from a network of their own."""
    visitor = site.stranger()
    visitor.browser.environ_base["REMOTE_ADDR"] = f"203.0.{number}.7"
    return visitor


@pytest.mark.parametrize("email", ["sam@example.org", "nobody@example.org", "not an address"])
def test_sixty_networks_against_one_account_are_not_all_heard(site: Site, email: str) -> None:
    heard = ["don’t match" in try_in(from_network(site, number), email, "not the one").main for number in range(60)]
    assert heard == [True] * 10 + [False] * 50
    assert "Please wait" in try_in(from_network(site, 61), email, PASSWORD).main


def test_the_delay_of_an_account_grows_with_each_slip_up_to_four_hours(sqlite_site: Site) -> None:
    for number in range(10):
        try_in(from_network(sqlite_site, number), "sam@example.org", "not the one")
    passed, waits = timedelta(0), []
    for number in range(7):
        said = try_in(from_network(sqlite_site, number), "sam@example.org", "not the one").main
        minutes = int(re.search(r"wait (\d+) minute", said)[1])  # type: ignore[index]
        waits.append(minutes)
        passed += timedelta(minutes=minutes)
        clock.shift(passed)
        try_in(from_network(sqlite_site, number), "sam@example.org", "not the one")
    assert waits == [15, 30, 60, 120, 240, 240, 240]
    clock.shift(passed + timedelta(days=1, minutes=1))
    assert "don’t match" in try_in(sqlite_site.stranger(), "sam@example.org", "not the one").main
    assert try_in(sqlite_site.stranger(), "sam@example.org", PASSWORD, expect=200).path == "/courses"


def test_signing_in_leads_to_where_somebody_works(sqlite_site: Site) -> None:
    for name, path in (("sam", "/courses"), ("cora", "/courses"), ("ada", "/operator")):
        assert try_in(sqlite_site.stranger(), f"{name}@example.org", PASSWORD, expect=200).path == path


def test_the_link_in_her_email_lets_sam_past_every_delay_and_nobody_else(site: Site) -> None:
    for number in range(30):
        try_in(from_network(site, number), "sam@example.org", "not the one")
    new, token = "seven green kettles sing", secret_token()
    with site.inside():
        person_id = site.person("sam").id
    site.do(make_password_link, person_id, token)
    page = site.stranger().get(f"/new-password/{token}").form("/new-password/" + token).submit(new=new)
    ticket = dict(page.form("/sign-in").fields)["ticket"]
    assert "Please wait" in try_in(site.stranger(), "sam@example.org", new).main
    for number in range(12):
        try_in(from_network(site, number), "lena@example.org", "not the one")
    other = site.stranger().get(f"/sign-in?ticket={ticket}").form("/sign-in")
    assert "Please wait" in other.submit(email="lena@example.org", password=PASSWORD, expect=422).main
    slip = page.form("/sign-in").submit(email="sam@example.org", password="not the one", expect=422)
    assert slip.form("/sign-in").submit(email="sam@example.org", password=new).path == "/courses"


def test_a_ticket_ends_after_a_quarter_of_an_hour_and_cannot_be_written(sqlite_site: Site) -> None:
    key = secret_key(sqlite_site.settings.data)
    with sqlite_site.inside():
        public_id = sqlite_site.person("sam").public_id
    ticket = make_pass(key, public_id)
    assert passes(key, public_id, ticket)
    assert not passes(key, public_id, ticket[:-2] + "AA") and not passes(key, "another", ticket)
    assert not passes(bytes(32), public_id, ticket) and not passes(key, "", "")


def test_a_hundred_slips_of_one_visitor_do_not_lock_a_network_out(site: Site) -> None:
    for _slip in range(101):
        site.do(note_sign_in_miss, "nobody@example.org", network_of(site))
    assert try_in(site.stranger(), "lena@example.org", PASSWORD, expect=200).path == "/courses"


def test_a_network_that_tries_a_hundred_accounts_waits_and_the_link_still_lets_people_in(site: Site) -> None:
    for number in range(100):
        site.do(note_sign_in_miss, f"somebody{number}@example.org", network_of(site))
    assert "Please wait 15 minutes" in try_in(site.stranger(), "lena@example.org", PASSWORD).main
    assert try_in(from_network(site, 9), "lena@example.org", PASSWORD, expect=200).path == "/courses"


def test_slips_of_strangers_do_not_keep_sam_from_confirming_with_her_password(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    for number in range(20):
        try_in(from_network(sqlite_site, number), "sam@example.org", "not the one")
    form = sam.get("/account/password").form("/account/password")
    assert "You have a new password" in form.submit(old=PASSWORD, new="seven green kettles sing").main


def test_sams_slips_do_not_keep_lena_out(site: Site) -> None:
    for _slip in range(10):
        try_in(site.stranger(), "sam@example.org", "not the one")
    assert try_in(site.stranger(), "lena@example.org", PASSWORD, expect=200).h1 == "Welcome, Lena Brandt"


def test_signing_in_well_forgets_the_slips_and_is_never_counted(site: Site) -> None:
    for _round in range(3):
        for _slip in range(5):
            try_in(site.stranger(), "sam@example.org", "not the one")
        assert try_in(site.stranger(), "sam@example.org", PASSWORD, expect=200).path == "/courses"


def test_an_address_is_taken_in_any_case_and_with_spaces_around_it(site: Site) -> None:
    assert try_in(site.stranger(), "  SAM@example.ORG ", PASSWORD, expect=200).path == "/courses"


def test_sam_lands_where_she_wanted_to_go(site: Site) -> None:
    page = site.stranger().get("/account")
    assert page.h1 == "Sign in"
    assert page.form("/sign-in").submit(email="sam@example.org", password=PASSWORD).h1 == "Your account"


def test_what_is_empty_is_asked_for_beside_its_field(sqlite_site: Site) -> None:
    page = try_in(sqlite_site.stranger(), "", "")
    assert (
        "Please enter your email address or sign-in name." in page.main and "Please enter your password." in page.main
    )
    assert len(page.find("[aria-invalid=true]")) == 2
