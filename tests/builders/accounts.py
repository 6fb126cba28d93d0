"""Signing in on the page, and giving people an authenticator app."""

from __future__ import annotations

import base64

from lms.accounts.second_factor import actions, rules, sealing
from lms.foundation import clock
from lms.foundation.keys import secret_key
from tests.conftest import Site
from tests.inspector import Inspector, Page


def try_in(visitor: Inspector, email: str, password: str, expect: int = 422) -> Page:
    return visitor.get("/sign-in").form("/sign-in").submit(email=email, password=password, expect=expect)


def give_app(site: Site, name: str = "cora") -> tuple[bytes, list[str]]:
    """Set an app up for somebody, as its page does; return the secret and the recovery codes."""
    with site.inside():
        person_id = site.person(name).id
    secret, codes = base64.b32decode("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"), actions.new_recovery_codes()
    sealed = sealing.seal_secret(secret_key(site.settings.data), secret, "app", person_id)
    assert site.do(actions.set_up_app, person_id, sealed, 0, codes)
    return secret, codes


def code_now(secret: bytes, drift: int = 0) -> str:
    """Return the code that an app shows now, or so many steps from now."""
    return rules.code_of(secret, rules.step_of(clock.now()) + drift)
