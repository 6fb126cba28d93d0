"""A site whose people sign in with a provider of the test's own, and the way there and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests
from sqlalchemy import select

from lms.foundation.audit.entries import AuditEntry
from lms.foundation.db import db
from tests.builders.oidc_provider import CLIENT, SECRET, Provider
from tests.conftest import Site
from tests.inspector import BASE, Inspector, Page

Make = Callable[..., Site]
START = "/sign-in/single-sign-on"
NOOR = {"sub": "noor-1", "email": "noor@example.org", "email_verified": True, "name": "Noor Haidari"}
SAM = {"sub": "sam-1", "email": "Sam@Example.org", "email_verified": True, "name": "Samuel Osei"}


def with_provider(make: Make, provider: Provider, **more: str) -> Site:
    """Return a site whose people sign in with a provider."""
    return make(**(settings_of(provider) | more))


def settings_of(provider: Provider) -> dict[str, str]:
    """Return the settings with which a site takes a provider."""
    return {
        "LMS_SSO_ISSUER": provider.issuer,
        "LMS_SSO_CLIENT_ID": CLIENT,
        "LMS_SSO_CLIENT_SECRET": SECRET,
        "LMS_SSO_LABEL": "Harbour account",
        "LMS_SSO_PROGRAMME": "harbour",
    }


def location(visitor: Inspector, path: str) -> str:
    """Return where a page sends a browser."""
    reply = visitor.browser.get(path, base_url=BASE)
    assert reply.status_code == 303, reply.get_data(as_text=True)
    return reply.headers["Location"]


def at_provider(visitor: Inspector, path: str = f"{START}?next=/account") -> str:
    """Go to the provider, and return where it sends the browser back to."""
    reply = requests.get(location(visitor, path), allow_redirects=False, timeout=5)
    parts = urlsplit(reply.headers["Location"])
    return f"{parts.path}?{parts.query}"


def come(visitor: Inspector, provider: Provider, user: dict[str, Any] | None, expect: int = 200) -> Page:
    """Sign in at the provider as somebody, and come back."""
    provider.user = user
    return visitor.get(at_provider(visitor), expect=expect)


def is_in(visitor: Inspector) -> bool:
    return visitor.browser.get("/account", base_url=BASE).status_code == 200


def events(site: Site) -> list[str]:
    with site.inside():
        return list(db.session.scalars(select(AuditEntry.event).order_by(AuditEntry.id)))
