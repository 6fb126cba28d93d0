"""Requests: the network they come from, and the headers of every reply."""

from __future__ import annotations

from lms.foundation.web.security import network_today
from tests.conftest import Site


def network_of(site: Site) -> str:
    """Return the mark of the network that the tests' visitors come from."""
    with site.app.test_request_context("/", environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        return network_today()


ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
