"""Back-channel logout (OpenID Connect Back-Channel Logout 1.0): the provider says that somebody signed out there."""

from __future__ import annotations

import logging

from flask import Response, jsonify, make_response, request

from lms.accounts import limits
from lms.accounts.access import from_anywhere, public
from lms.accounts.blueprint import blueprint
from lms.accounts.single_sign_on import actions
from lms.accounts.single_sign_on.rules import Logout
from lms.accounts.single_sign_on.this_site import this_provider, this_single_sign_on
from lms.foundation.db import write
from lms.foundation.web.security import network_today

log = logging.getLogger("lms.single_sign_on")

TOKEN_MOST = 16 * 1024


@blueprint.post("/sign-in/single-sign-on/logout")
@public
@from_anywhere
def single_sign_on_logout() -> Response:
    """End the sessions of somebody who signed out at the provider; its signed token is all that counts."""
    provider = this_single_sign_on()
    wait = limits.wait_for_logout(network_today())
    if wait:
        reply = _reply(429, "too_many_requests")
        reply.headers["Retry-After"] = str(int(wait.total_seconds()) + 1)
        return reply
    token = request.form.get("logout_token", "")
    if not 0 < len(token) <= TOKEN_MOST:
        return _refused("there’s no token in it")
    said = this_provider(provider).logout(token)
    if not isinstance(said, Logout):
        return _refused(said.why)
    return _reply(200) if write(actions.log_out, said, provider.issuer) else _refused("it came before")


def _refused(why: str) -> Response:
    log.warning("a sign-out at the provider was not followed: %s", why)
    write(actions.refuse_logout, network_today())
    return _reply(400, "invalid_request")


def _reply(status: int, error: str = "") -> Response:
    reply = make_response(jsonify(error=error) if error else "", status)
    reply.headers["Cache-Control"] = "no-store"
    return reply
