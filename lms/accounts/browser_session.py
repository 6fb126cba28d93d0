"""A session in a browser: how it starts, and that it is in use."""

from __future__ import annotations

import logging
from typing import Any

from flask import Response, g, make_response, redirect, request
from flask_login import login_user, logout_user
from sqlalchemy.exc import SQLAlchemyError

from lms.accounts import actions
from lms.accounts.access import carried_for, carry_on_page, loaded_visitor, session_cookie
from lms.accounts.records import Person
from lms.accounts.rules import LONGEST_OWN, Vouched, device_kind, touch_is_due
from lms.accounts.session_records import find_visitor, touch
from lms.foundation import clock
from lms.foundation.db import write, write_if_free
from lms.foundation.hooks import hooks
from lms.foundation.keys import fingerprint
from lms.foundation.turns import log_trouble
from lms.foundation.web.security import network_today, settings

log = logging.getLogger("lms.accounts")


def let_in(
    person: Person, own_device: bool, target: str, page: str | None = None, vouched: Vouched | None = None
) -> Any:
    """Begin a session in this browser, and go where its person wanted to go."""
    device = device_kind(request.headers.get("User-Agent", ""))
    token = write(
        actions.sign_in, person.id, own_device, person.email, network_today(), g.session_mark, device, vouched
    )
    become(token)
    response = redirect(target, 303) if page is None else make_response(page)
    hooks().copy_display_settings(response, person.id, own_device)
    give_cookie(response, token, own_device)
    return response


def let_in_to(
    person: Person, own_device: bool, target: str, carried: str | None, vouched: Vouched | None = None
) -> Any:
    """Begin a session and go where its person was going, or offer to send what they had typed before it ended."""
    waiting = carried_for(person.id, carried) if carried else None
    if waiting is None:
        return let_in(person, own_device, target, vouched=vouched)
    token_page = let_in(person, own_device, target, page="", vouched=vouched)
    token_page.set_data(carry_on_page(*waiting))
    return token_page


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


def _touch(session_mark: str) -> None:
    try:
        write_if_free(touch, session_mark)
    except SQLAlchemyError as trouble:
        # The page is made already, and reading goes on while nothing can be written.
        log_trouble(log, "a last use could not be written", trouble)


def touch_session(response: Response) -> Response:
    """Write now and then that a session is in use."""
    somebody = loaded_visitor()
    if somebody is None or g.session_mark is None:
        return response
    if somebody.last_seen_at and touch_is_due(somebody.own_device, somebody.last_seen_at, clock.now()):
        _touch(g.session_mark)
    return response
