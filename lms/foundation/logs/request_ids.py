"""Request ids: one short mark for each request, on its log lines, its answer and its error page."""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar

HEADER = "X-Request-ID"
# What proxies make: 32 hexadecimal digits (nginx), a UUID (Caddy, HAProxy). Nothing that could be a name or an address.
GIVEN = re.compile(r"[0-9a-fA-F]{8,64}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
MADE_BYTES = 5

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def begin_request(given: str | None = None) -> str:
    """Return the id of a request that begins here: the one it was given, if it has the form of one, or a new one."""
    found = given if given and GIVEN.fullmatch(given) else secrets.token_hex(MADE_BYTES)
    _request_id.set(found)
    return found


def request_id() -> str:
    """Return the id of the request under way in this thread; empty outside of requests."""
    return _request_id.get()
