"""The gate believes a proxy that a setting names about the visitor's address, and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import request

from lms.foundation.config.settings import BadSetting, read_settings
from lms.foundation.keys import network_mark
from lms.foundation.web.security import from_this_site, network, network_today
from tests.conftest import PASSWORD, Site
from tests.inspector import BASE

NEAR = "127.0.0.1, ::1"


@pytest.mark.parametrize(
    ("trusted", "peer", "said", "believed"),
    [
        (NEAR, "127.0.0.1", "203.0.113.9", "203.0.113.9"),
        (NEAR, "::1", "203.0.113.9", "203.0.113.9"),
        (NEAR, "::ffff:127.0.0.1", "203.0.113.9", "203.0.113.9"),
        (NEAR, "127.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (NEAR, "127.0.0.1", "", "127.0.0.1"),
        (NEAR, "127.0.0.1", ",", "127.0.0.1"),
        (NEAR, "203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("", "127.0.0.1", "203.0.113.9", "127.0.0.1"),
        ("", "203.0.113.9", "127.0.0.1", "203.0.113.9"),
        ("10.0.0.0/8", "10.1.2.3", "198.51.100.1, 203.0.113.9, 10.9.9.9", "203.0.113.9"),
        ("10.0.0.0/8", "127.0.0.1", "203.0.113.9", "127.0.0.1"),
        ("::ffff:10.0.0.0/104", "10.1.2.3", "203.0.113.9", "203.0.113.9"),
        ("::ffff:10.1.2.3", "::ffff:10.1.2.3", "203.0.113.9", "203.0.113.9"),
        ("::ffff:10.0.0.0/104", "11.1.2.3", "203.0.113.9", "11.1.2.3"),
    ],
)
def test_only_a_proxy_that_a_setting_names_speaks_for_somebody_else(
    make_sqlite_site: Callable[..., Site], trusted: str, peer: str, said: str, believed: str
) -> None:
    site = make_sqlite_site(LMS_TRUSTED_PROXIES=trusted)
    headers = {"X-Forwarded-For": said} if said else {}
    with site.app.test_request_context("/", headers=headers, environ_base={"REMOTE_ADDR": peer}):
        assert network() == believed


@pytest.mark.parametrize("value", ["proxy.example.org", "127.0.0.1/33", "10.0.0.1/8", "127.0.0.1;::1", "*"])
def test_a_proxy_that_is_no_address_is_refused_at_start(value: str) -> None:
    with pytest.raises(BadSetting, match="LMS_TRUSTED_PROXIES"):
        read_settings({"LMS_TRUSTED_PROXIES": value})


KEY, DAY = b"k" * 32, date(2026, 3, 14)
SAME_NETWORK = [
    ("203.0.113.9", "203.0.113.200"),
    ("203.0.113.9", "::ffff:203.0.113.9"),
    ("203.0.113.9", "::FFFF:cb00:7109"),
    ("203.0.113.9", "64:ff9b::203.0.113.9"),
    ("203.0.113.9", "203.0.113.9:51234"),
    ("203.0.113.9", '"203.0.113.9:51234"'),
    ("2001:db8::1", "2001:0DB8:0000:0:0:0:0:1"),
    ("2001:db8::1", "[2001:db8::1]:443"),
    ("2001:db8::1", "[2001:db8::1]"),
    ("2001:db8:1::1", "2001:db8:1:ffff::9"),
    ("fe80::1", "fe80::1%eth0"),
]
OTHER_NETWORK = [
    ("203.0.113.9", "203.0.114.9"),
    ("::ffff:203.0.113.9", "::ffff:198.51.100.9"),
    ("64:ff9b::203.0.113.9", "64:ff9b::198.51.100.9"),
    ("2001:db8:1::1", "2001:db8:2::1"),
    ("::1", "::ffff:0.0.0.1"),
]


@pytest.mark.parametrize(("one", "other"), SAME_NETWORK)
def test_one_network_counts_once_however_its_address_is_written(one: str, other: str) -> None:
    assert network_mark(KEY, one, DAY) == network_mark(KEY, other, DAY)


@pytest.mark.parametrize(("one", "other"), OTHER_NETWORK)
def test_two_networks_do_not_share_a_limit(one: str, other: str) -> None:
    assert network_mark(KEY, one, DAY) != network_mark(KEY, other, DAY)


@pytest.mark.parametrize("said", ["unknown", "_hidden", "203.0.113.999", "1" * 5000, "203.0.113.9, junk"])
def test_what_is_no_address_is_counted_under_the_proxy(make_sqlite_site: Callable[..., Site], said: str) -> None:
    site = make_sqlite_site(LMS_TRUSTED_PROXIES="127.0.0.1")
    headers = {"X-Forwarded-For": said}
    with site.app.test_request_context("/", headers=headers, environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        assert network() == "127.0.0.1"


def test_a_port_does_not_make_a_visitor_a_new_one(make_sqlite_site: Callable[..., Site]) -> None:
    site, seen = make_sqlite_site(LMS_TRUSTED_PROXIES="127.0.0.1"), set()
    for port in range(1024, 1030):
        headers = {"X-Forwarded-For": f"203.0.113.9:{port}"}
        with site.app.test_request_context("/", headers=headers, environ_base={"REMOTE_ADDR": "127.0.0.1"}):
            seen |= {network(), network_today()}
    assert len(seen) == 2


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "null"}, 403),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": BASE}, 303),
        ({}, 303),
    ],
)
def test_a_sign_in_that_another_site_sends_is_refused(sqlite_site: Site, headers: dict[str, str], status: int) -> None:
    visitor = sqlite_site.stranger()
    page = visitor.get("/sign-in")
    fields = {**dict(page.form("/sign-in").fields), "email": "sam@example.org", "password": PASSWORD}
    assert page.response.headers["Referrer-Policy"] == "same-origin"
    assert visitor.browser.post("/sign-in", base_url=BASE, data=fields, headers=headers).status_code == status


@pytest.mark.parametrize(
    ("own", "origin"),
    [
        ("https://Training.Example.org", "https://training.example.org"),
        ("https://training.example.org:443", "https://training.example.org"),
        ("https://training.example.org:08443/", "https://training.example.org:8443"),
        ("https://[2001:DB8::1]", "https://[2001:db8::1]"),
    ],
)
def test_our_own_pages_may_post_behind_a_proxy_however_the_setting_writes_our_address(
    make_sqlite_site: Callable[..., Site], own: str, origin: str
) -> None:
    site = make_sqlite_site(LMS_BASE_URL=own)
    for said, ours in ((origin, True), ("https://elsewhere.example", False), (origin + ".example", False)):
        with site.app.test_request_context("/sign-in", base_url="http://127.0.0.1:8000", headers={"Origin": said}):
            assert from_this_site(request) is ours


HOSTS = ["a" * 3000, "a..b", "x" * 64 + ".org", "evil.example", "ex ample", "ü.example", "[::1", "a:99999999", "", "@"]


@pytest.mark.parametrize("host", HOSTS)
def test_whatever_a_request_calls_the_site_no_page_breaks_and_no_address_follows_it(
    sqlite_site: Site, host: str
) -> None:
    browser = sqlite_site.app.test_client()
    for path, status, there in (
        ("/sign-in", 200, None),
        ("/courses//x", 308, f"{BASE}/courses/x"),
        ("/courses//x?a=1&b=%2F", 308, f"{BASE}/courses/x?a=1&b=%2F"),
        ("/account", 303, "/sign-in?next=/account"),
    ):
        reply = browser.get(path, headers={"Host": host})
        assert (reply.status_code, reply.headers.get("Location")) == (status, there), path
