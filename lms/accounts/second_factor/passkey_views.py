"""Pages to add and remove passkeys."""

from __future__ import annotations

from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for

from lms.accounts import records
from lms.accounts.access import allow, signed_in
from lms.accounts.blueprint import blueprint
from lms.accounts.records import Person
from lms.accounts.rules import device_kind
from lms.accounts.second_factor import actions, answers, passkeys, sealing
from lms.accounts.second_factor import records as factor_records
from lms.accounts.second_factor.forms import PasskeyForm
from lms.accounts.second_factor.rules import PASSKEYS_MOST
from lms.accounts.second_factor.set_up_views import codes_page, must_have_factor
from lms.accounts.second_factor.step_up import confirm_first, step_up_unless_new
from lms.foundation.db import write
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import settings


@blueprint.route("/account/passkeys/new", methods=["GET", "POST"])
@allow("keep an account")
@step_up_unless_new
def new_passkey() -> Any:
    """Add a passkey; for staff without a second step it becomes that too."""
    if passkeys.host_of(settings()) is None:
        return redirect(url_for("accounts.two_step"), 303)
    me = records.get_person(signed_in().person_id)
    form = PasskeyForm(request.form, name=_suggested_name())
    if request.method == "POST" and form.validate() and _is_added(me, form):
        if must_have_factor(me) and me.second_factor_at is None:
            return _turned_on(me)
        return redirect(url_for("accounts.two_step", saved="passkey"), 303)
    challenge, signed = answers.new_challenge()
    page = render_template(
        "accounts/new_passkey.html",
        form=form,
        options=passkeys.to_make(settings(), me, factor_records.list_passkeys(me.id), challenge),
        challenge=signed,
    )
    return make_response(page, 422 if form.errors else 200)


def _suggested_name() -> str:
    return device_kind(request.headers.get("User-Agent", "")) or _("This device")


def _is_added(me: Person, form: PasskeyForm) -> bool:
    if len(factor_records.list_passkeys(me.id)) >= PASSKEYS_MOST:
        form.refuse("name", _("You have %(most)s passkeys. Please remove one first.", most=PASSKEYS_MOST))
        return False
    challenge = sealing.read_challenge(answers.site_key(), form.passkey_challenge.data or "")
    new = passkeys.read_new(settings(), form.passkey_answer.data or "", challenge) if challenge else None
    if new is None:
        words = _("We didn’t get a passkey from your browser. Nothing has changed. Please choose “Add passkey” again.")
        form.refuse("name", words)
        return False
    if not write(actions.add_passkey, me.id, new, form.name.data or ""):
        form.refuse("name", _("This passkey is in use already."))
        return False
    return True


@blueprint.post("/account/two-step/passkey")
@allow("keep an account")
@step_up_unless_new
def two_step_by_passkey() -> Any:
    """Ask for a passkey after the password as well."""
    return _turned_on(records.get_person(signed_in().person_id))


def _turned_on(me: Person) -> Any:
    codes = actions.new_recovery_codes()
    if write(actions.ask_for_passkey, me.id, codes):
        return codes_page(codes)
    return redirect(url_for("accounts.two_step"), 303)


@blueprint.route("/account/passkeys/<passkey>/remove", methods=["GET", "POST"])
@allow("keep an account")
def remove_passkey(passkey: str) -> Any:
    """Remove one of one's own passkeys, after a second look."""
    me = records.get_person(signed_in().person_id)
    found = factor_records.find_own_passkey(me.id, passkey)
    if found is None:
        abort(404)
    asks = confirm_first()
    if asks is not None:
        return asks
    if request.method == "POST" and write(actions.remove_passkey, me.id, passkey):
        return redirect(url_for("accounts.two_step", saved="removed"), 303)
    needed = request.method == "POST"
    page = render_template("accounts/remove_passkey.html", name=found.name, needed=needed)
    return make_response(page, 422 if needed else 200)
