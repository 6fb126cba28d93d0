"""The gate believes a proxy that a setting names about the visitor's address, and nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lms.foundation.gate import network
from lms.foundation.settings import BadSetting, read_settings
from tests.conftest import Site

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
