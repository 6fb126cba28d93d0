"""Starting a session in a browser."""

from __future__ import annotations

from typing import Any

from flask import g, make_response, redirect, request
from flask_login import login_user, logout_user

from lms.accounts import actions
from lms.accounts.access import (
    session_cookie,
)
from lms.accounts.records import Person
from lms.accounts.rules import LONGEST_OWN, device_kind
from lms.accounts.session_records import find_visitor
from lms.foundation.db import write
from lms.foundation.hooks import hooks
from lms.foundation.keys import fingerprint
from lms.foundation.web.security import network_today, settings


def let_in(person: Person, own_device: bool, target: str, page: str | None = None) -> Any:
    """Begin a session in this browser, and go where its person wanted to go."""
    device = device_kind(request.headers.get("User-Agent", ""))
    token = write(actions.sign_in, person.id, own_device, person.email, network_today(), g.session_mark, device)
    become(token)
    response = redirect(target, 303) if page is None else make_response(page)
    hooks().copy_display_settings(response, person.id, own_device)
    give_cookie(response, token, own_device)
    return response


def become(token: str) -> None:
    """Make the person of a new session the current user, in place of whoever was."""
    logout_user()
    g.session_mark = fingerprint(token)
    if visitor := find_visitor(g.session_mark):
        login_user(visitor)


def give_cookie(response: Any, token: str, own_device: bool) -> None:
    """Put a session's token into the browser: for as long as it is open, or for the session's longest life."""
    response.set_cookie(
        session_cookie(),
        token,
        max_age=int(LONGEST_OWN.total_seconds()) if own_device else None,
        httponly=True,
        secure=settings().secure,
        samesite="Lax",
        path="/",
    )
