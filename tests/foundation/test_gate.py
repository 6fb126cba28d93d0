"""The gate believes a proxy of this machine about the visitor's address, and nobody else."""

from __future__ import annotations

import pytest

from lms.foundation.gate import network
from tests.conftest import Site


@pytest.mark.parametrize(
    ("peer", "said", "believed"),
    [
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
    ],
)
def test_only_a_proxy_of_this_machine_speaks_for_somebody_else(
    sqlite_site: Site, peer: str, said: str, believed: str
) -> None:
    headers = {"X-Forwarded-For": said} if said else {}
    with sqlite_site.app.test_request_context("/", headers=headers, environ_base={"REMOTE_ADDR": peer}):
        assert network() == believed
