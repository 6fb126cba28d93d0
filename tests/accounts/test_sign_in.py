"""Signing in: equal answers for people who are there and people who are not, and a calm limit."""

from __future__ import annotations

import sys
from datetime import timedelta
from types import FrameType

import pytest

from lms.foundation import clock
from tests.conftest import PASSWORD, Site
from tests.inspector import Inspector, Page


def try_in(visitor: Inspector, email: str, password: str, expect: int = 422) -> Page:
    return visitor.get("/sign-in").form("/sign-in").submit(email=email, password=password, expect=expect)


def cost(site: Site, email: str) -> tuple[list[str], int, str]:
    """Return the statements, the hashes and the page that a slip costs."""
    hashes = 0
    form = site.stranger().get("/sign-in").form("/sign-in")

    def count(frame: FrameType, kind: str, _arg: object) -> None:
        nonlocal hashes
        hashes += kind == "call" and frame.f_code.co_name == "verify" and "argon2" in frame.f_code.co_filename

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
        assert "do not go together here" in try_in(site.stranger(), email, "not the one").main
    assert "wait a quarter of an hour" in try_in(site.stranger(), email, PASSWORD).main
    clock.shift(timedelta(minutes=16))
    again = try_in(site.stranger(), email, PASSWORD, expect=200 if email.startswith("sam") else 422)
    assert "wait a quarter" not in again.main


def test_sams_slips_do_not_keep_lena_out(site: Site) -> None:
    for _slip in range(10):
        try_in(site.stranger(), "sam@example.org", "not the one")
    assert try_in(site.stranger(), "lena@example.org", PASSWORD, expect=200).h1 == "Welcome back, Lena Brandt"


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
    assert "Please type your e-mail address." in page.main and "Please type your password." in page.main
    assert len(page.find("[aria-invalid=true]")) == 2
