"""Pages to set up two-step sign-in: an authenticator app, recovery codes, and turning it off."""

from __future__ import annotations

import os
from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from lms.accounts import records
from lms.accounts.access import allow, signed_in
from lms.accounts.blueprint import blueprint
from lms.accounts.records import Person
from lms.accounts.second_factor import actions, answers, passkeys, sealing
from lms.accounts.second_factor import records as factor_records
from lms.accounts.second_factor.due import due_in_words, must_set_up_now
from lms.accounts.second_factor.forms import AppForm
from lms.accounts.second_factor.rules import (
    SECRET_BYTES,
    app_address,
    in_groups,
    key_of,
    matching_step,
    read_code,
)
from lms.accounts.second_factor.step_up import step_up, step_up_unless_new
from lms.foundation import clock
from lms.foundation.db import write
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import moment, ngettext
from lms.foundation.web.qr_codes import qr_code
from lms.foundation.web.security import settings


def must_have_factor(me: Person) -> bool:
    """Decide whether the site asks somebody for a second step, so that they can't turn it off."""
    staff = me.operator or any("coordinator" in roles for roles in records.roles_of(me.id).values())
    return staff and settings().second_factor_days is not None


@blueprint.get("/account/two-step")
@allow("keep an account")
def two_step() -> Any:
    """Show what is asked for at sign-in, one's passkeys, and how many recovery codes are left."""
    return make_response(_two_step_page())


def _two_step_page(notices: list[str] | None = None) -> str:
    me, zone = records.get_person(signed_in().person_id), settings().timezone
    app = factor_records.find_app(me.id)
    return render_template(
        "accounts/two_step.html",
        is_on=me.second_factor_at is not None,
        app_since=moment(app.created_at, zone) if app else None,
        passkeys=[
            {
                "id": row.public_id,
                "name": row.name,
                "since": moment(row.created_at, zone),
                "last_used": moment(row.last_used_at, zone) if row.last_used_at else None,
            }
            for row in factor_records.list_passkeys(me.id)
        ],
        passkeys_work=passkeys.host_of(settings()) is not None,
        codes_left=factor_records.count_recovery_codes(me.id),
        must=must_have_factor(me),
        due=due_in_words(signed_in()),
        lacks=must_set_up_now(signed_in()),
        notices=_what_was_done(me) if notices is None else notices,
    )


def _what_was_done(me: Person) -> list[str]:
    if request.args.get("recovered") == "yes":
        left = factor_records.count_recovery_codes(me.id)
        return [
            ngettext(
                "You’re signed in with a recovery code, and have %(num)s left. If you’ve lost your phone, set up your "
                "new one here.",
                "You’re signed in with a recovery code, and have %(num)s left. If you’ve lost your phone, set up your "
                "new one here.",
                left,
            )
        ]
    return {
        "app": [_("Saved. From now on we ask for a code from your app after your password.")],
        "passkey": [_("Saved. You can sign in with this passkey now.")],
        "removed": [_("That passkey no longer signs you in.")],
        "off": [_("Two-step sign-in is off. We only ask for your password now.")],
    }.get(request.args.get("saved", ""), [])


def codes_page(codes: list[str]) -> Any:
    """Return the page that shows recovery codes, this once."""
    return make_response(render_template("accounts/recovery_codes.html", codes=[in_groups(code) for code in codes]))


@blueprint.route("/account/two-step/app", methods=["GET", "POST"])
@allow("keep an account")
@step_up_unless_new
def authenticator_app() -> Any:
    """Set up an authenticator app: its key is in the page alone until a first code shows that the app has it."""
    me = records.get_person(signed_in().person_id)
    form = AppForm(request.form)
    secret = (
        sealing.read_set_up(answers.site_key(), me.id, request.form.get("set_up", ""))
        if request.method == "POST"
        else None
    )
    if secret is not None and form.validate():
        step = matching_step(secret, read_code(form.code.data or "") or "", clock.now(), 0)
        if step is not None:
            codes = actions.new_recovery_codes()
            sealed = sealing.seal_secret(answers.site_key(), secret, "app", me.id)
            if write(actions.set_up_app, me.id, sealed, step, codes):
                return codes_page(codes)
            return redirect(url_for("accounts.two_step", saved="app"), 303)
        form.refuse("code", _wait_for_next())
    elif request.method == "POST" and secret is None:
        form.refuse("code", _("This page was open for a long time, so here is a new QR code. Please scan it."))
    return _app_page(me, form, secret)


def _wait_for_next() -> str:
    return _(
        "That code doesn’t match this QR code. Please wait for your app’s next code and enter that. "
        "If it still doesn’t match, check that your phone sets its time automatically."
    )


def _app_page(me: Person, form: AppForm, secret: bytes | None) -> Any:
    secret = secret or os.urandom(SECRET_BYTES)
    page = render_template(
        "accounts/authenticator_app.html",
        form=form,
        qr_code=qr_code(app_address(secret, me.email, "Sidelight")),
        key=in_groups(key_of(secret)),
        set_up=sealing.sign_set_up(answers.site_key(), me.id, secret),
        replaces=factor_records.find_app(me.id) is not None,
    )
    return make_response(page, 422 if form.errors else 200)


@blueprint.post("/account/two-step/codes")
@allow("keep an account")
@step_up
def recovery_codes() -> Any:
    """Make new recovery codes; those from before no longer count."""
    me = records.get_person(signed_in().person_id)
    if me.second_factor_at is None:
        return redirect(url_for("accounts.two_step"), 303)
    codes = actions.new_recovery_codes()
    write(actions.replace_recovery_codes, me.id, codes)
    return codes_page(codes)


@blueprint.post("/account/two-step/off")
@allow("keep an account")
@step_up
def two_step_off() -> Any:
    """Turn two-step sign-in off, unless the site asks for it."""
    me = records.get_person(signed_in().person_id)
    if must_have_factor(me):
        words = _(
            "This site asks coordinators and operators for a second step, so it stays on. You can replace your app."
        )
        return make_response(_two_step_page([words]), 422)
    write(actions.turn_off, me.id)
    return redirect(url_for("accounts.two_step", saved="off"), 303)
