"""Pages of single sign-on: to the provider, back from it, and connecting an account that was here before."""

from __future__ import annotations

import logging
import re
from typing import Any

from flask import g, make_response, redirect, render_template, request, url_for

from lms.accounts import limits, records
from lms.accounts.access import allow, carried_for, carry_on_page, from_anywhere, public, signed_in, visitor
from lms.accounts.blueprint import blueprint
from lms.accounts.browser_session import let_in
from lms.accounts.forms import SignInForm
from lms.accounts.identities.records import find_identity_of
from lms.accounts.records import Person
from lms.accounts.rules import Vouched
from lms.accounts.second_factor.sign_in_views import ask_for_second_step, sign_in_page
from lms.accounts.second_factor.step_up import step_up_unless_new
from lms.accounts.single_sign_on import actions, browser_state
from lms.accounts.single_sign_on.actions import ConnectFirst, Refused
from lms.accounts.single_sign_on.browser_state import ToConnect, UnderWay
from lms.accounts.single_sign_on.rules import Identity, read_identity
from lms.accounts.single_sign_on.this_site import this_provider, this_single_sign_on
from lms.foundation import clock, ids
from lms.foundation.config.single_sign_on import SingleSignOn
from lms.foundation.db import write
from lms.foundation.logs.request_ids import begin_request, request_id
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import local_path, network_today

log = logging.getLogger("lms.single_sign_on")


@blueprint.get("/sign-in/single-sign-on")
@public
def single_sign_on() -> Any:
    """Go to the provider to sign in there."""
    provider, target = this_single_sign_on(), local_path(request.args.get("next"), url_for("learning.home"))
    started = UnderWay(ids.secret_token(), ids.secret_token(), ids.secret_token(), target)
    address = this_provider(provider).address(started.state, started.nonce, started.verifier)
    if not isinstance(address, str):
        return _said(_cant_reach(provider), target, address.why)
    response = make_response(redirect(address, 303))
    browser_state.remember_under_way(response, started)
    return response


@blueprint.get("/sign-in/single-sign-on/answer")
@public
def single_sign_on_answer() -> Any:
    """Come back from the provider, and sign in."""
    provider, state = this_single_sign_on(), request.args.get("state", "")
    # No link of a page that's shown here leads back to this address, which holds the answer.
    g.path_in_page = url_for("accounts.sign_in")
    started = browser_state.find_under_way(state)
    if started is None:
        words = _(
            "That sign-in took a little too long, or was started in another browser. Nothing has changed. Please try "
            "again."
        )
        return _said(words, url_for("learning.courses"), "no sign-in with this state")
    response = make_response(_take_answer(provider, started))
    browser_state.forget_under_way(response, state)
    return response


def _take_answer(provider: SingleSignOn, started: UnderWay) -> Any:
    wait = limits.wait_for_single_sign_on(network_today())
    if wait:
        words = _("There have been too many attempts to sign in. Please wait %(wait)s.")
        return _said(words % {"wait": limits.wait_in_words(wait)}, started.target, "too many attempts")
    if "code" not in request.args:
        words = _(
            "You weren’t signed in, because “%(label)s” didn’t confirm who you are. Nothing has changed. You can try "
            "again, or ask the people who look after that account.",
            label=provider.label,
        )
        said = re.sub(r"[^a-z_]", "", request.args.get("error", ""))[:40]
        return _said(words, started.target, f"the provider said {said or 'nothing'}")
    claims = this_provider(provider).claims(
        request.args["code"], started.nonce, started.verifier, request.args.get("iss")
    )
    if not isinstance(claims, dict):
        write(actions.refuse_answer, network_today())
        return _said(_cant_reach(provider), started.target, claims.why)
    identity = read_identity(claims, provider)
    found = write(actions.come_in, identity, provider)
    if isinstance(found, Refused):
        return _said(_why_not(found, provider), started.target, f"refused, {found.reason}")
    vouched = Vouched(
        clock.now() + provider.lasts, identity.second_step, actions.elsewhere_mark(provider.issuer, identity.session)
    )
    if isinstance(found, ConnectFirst):
        return _connect_first(found, identity, vouched, started)
    if found.second_factor_at and not vouched.second_step:
        return ask_for_second_step(found, False, started.target, None, vouched)
    return let_in(found, False, started.target, vouched=vouched)


def _cant_reach(provider: SingleSignOn) -> str:
    return _(
        "“%(label)s” can’t be used at the moment. Nothing has changed. Please try again in a few minutes.",
        label=provider.label,
    )


def _why_not(refused: Refused, provider: SingleSignOn) -> str:
    label = provider.label
    return {
        "email": _(
            "“%(label)s” didn’t give us a confirmed email address for you, and we need one. Please ask the people "
            "who look after that account.",
            label=label,
        ),
        "account": _(
            "You signed in with “%(label)s”, but there’s no account for you here yet. Please ask your coordinator for "
            "an invitation.",
            label=label,
        ),
        "closed": _("Your account here is closed. Please ask the people who run this site."),
        "another": _(
            "The account here with your email address is connected to a different “%(label)s” account. Nothing has "
            "changed. Please ask the people who run this site.",
            label=label,
        ),
    }.get(
        refused.reason,
        _(
            "We can’t use the email address that “%(label)s” gave us. Please ask the people who run this site.",
            label=label,
        ),
    )


def _said(words: str, target: str, why: str) -> Any:
    """Return the sign-in page with what happened and a reference, under which the log has the reason."""
    reference = request_id() or begin_request()
    log.warning("nobody was signed in: %s, reference %s", why, reference)
    page = [words, _("If you contact someone about this, give them this reference: %(reference)s", reference=reference)]
    return sign_in_page(SignInForm(), target, None, page, 422)


def _connect_first(found: ConnectFirst, identity: Identity, vouched: Vouched, started: UnderWay) -> Any:
    """Ask for a sign-in to the account that has this address, unless this browser is signed in to it."""
    there, somebody = url_for("accounts.connect_single_sign_on"), visitor()
    if somebody and somebody.public_id == found.public_id:
        response = make_response(redirect(there, 303))
    else:
        words = _(
            "You already have an account here with this email address. Please sign in to it once with your password, "
            "and we’ll connect the two. If you don’t know it, we’ll email you a link to choose a new one."
        )
        response = sign_in_page(SignInForm(), there, None, [words])
    waiting = ToConnect(
        found.public_id,
        identity.issuer,
        identity.subject,
        identity.email,
        identity.given,
        identity.second_step,
        vouched.until.timestamp(),
        vouched.session,
        started.target,
    )
    browser_state.remember_to_connect(response, waiting)
    return response


@blueprint.post("/sign-in/carried")
@public
@from_anywhere
def send_carried() -> Any:
    """Offer to send what waited in the sign-in page, once its person has signed in in another tab.

    Its form token was made for the former session. What waits is signed and for that person alone, and only shown here.
    """
    carried, somebody = request.form.get("carried", ""), visitor()
    waiting = carried_for(somebody.person_id, carried) if somebody else None
    if waiting:
        return make_response(carry_on_page(*waiting))
    words = _("You aren’t signed in yet. What you typed is still here.")
    return sign_in_page(SignInForm(), url_for("learning.home"), carried, [words], 422)


@blueprint.route("/account/single-sign-on", methods=["GET", "POST"])
@allow("keep an account")
@step_up_unless_new
def connect_single_sign_on() -> Any:
    """Connect the account at the provider with one's account here."""
    provider, me = this_single_sign_on(), records.get_person(signed_in().person_id)
    waiting = browser_state.find_to_connect()
    if waiting and (waiting.public_id != me.public_id or waiting.issuer != provider.issuer):
        waiting = None
    if request.method == "POST" and waiting and write(actions.connect, me.id, waiting.identity, provider):
        return _go_on(me, waiting)
    page = render_template(
        "accounts/single_sign_on.html",
        label=provider.label,
        only=provider.only and not me.operator,
        email=me.email,
        waiting=waiting is not None,
        connected=find_identity_of(me.id, provider.issuer) is not None,
        hours=int(provider.lasts.total_seconds()) // 3600,
    )
    return make_response(page, 422 if request.method == "POST" else 200)


def _go_on(me: Person, waiting: ToConnect) -> Any:
    """Begin a session that counts on the provider's word, in place of the one that began with the password."""
    target = waiting.target if waiting.target else url_for("learning.home")
    response = let_in(me, False, target, vouched=waiting.vouched)
    browser_state.forget_to_connect(response)
    return response
