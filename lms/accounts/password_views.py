"""Pages to change or reset a password."""

from __future__ import annotations

from typing import Any

from flask import g, make_response, redirect, render_template, request, url_for

from lms.accounts import actions, limits, records
from lms.accounts.access import allow, public, signed_in
from lms.accounts.addresses import normal_email
from lms.accounts.blueprint import blueprint
from lms.accounts.browser_session import become, give_cookie
from lms.accounts.forms import ForgottenPasswordForm, NewPasswordForm, PasswordForm
from lms.accounts.notifications.reader_language import language_at
from lms.accounts.passwords import hash_password, knows_password, will_do
from lms.foundation import ids
from lms.foundation.db import write
from lms.foundation.keys import fingerprint, secret_key
from lms.foundation.mail.templates import writing_in
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import settings


@blueprint.route("/account/password", methods=["GET", "POST"])
@allow("keep an account")
def password() -> Any:
    """Change one's own password; every other sign-in ends."""
    me = records.get_person(signed_in().person_id)
    form = PasswordForm(request.form)
    about = [me.email, me.display_name]
    if request.method == "POST" and form.validate() and knows_password(me, form, "old") and will_do(form, "new", about):
        token = write(actions.change_own_password, me.id, hash_password(form.new.data or ""), g.session_mark)
        become(token)
        response = make_response(redirect(url_for("accounts.account", saved="password"), 303))
        give_cookie(response, token, signed_in().own_device)
        return response
    page = render_template("accounts/password.html", form=form, email=me.email)
    return make_response(page, 422 if form.errors else 200)


@blueprint.route("/forgotten", methods=["GET", "POST"])
@public
def forgotten() -> Any:
    """Ask for a link to a new password; the answer is the same whether or not anybody has the address."""
    form = ForgottenPasswordForm(request.form)
    if request.method == "POST" and form.validate():
        _send_link(form.email.data or "")
        return redirect(url_for("accounts.forgotten", sent="yes"), 303)
    sent = request.method == "GET" and request.args.get("sent") == "yes"
    notices = []
    if request.args.get("undone") == "yes":
        notices = [
            _(
                "Your account has this email address again, and every device is signed out. If you didn’t ask for the "
                "change, somebody may know your password, so please ask for a link to a new one here."
            )
        ]
    page = render_template("accounts/forgotten.html", form=form, sent=sent, notices=notices)
    return make_response(page, 422 if form.errors else 200)


def _send_link(email: str) -> None:
    token = ids.secret_token()
    address = settings().base_url + url_for("accounts.new_password", token=token)
    preferences_url = settings().base_url + url_for("accounts.email_preferences")
    with writing_in(language_at(normal_email(email))) as render_email:
        link_email = render_email("new_password", address=address, preferences_url=preferences_url)
    write(actions.send_password_link, settings(), email, token, link_email)


@blueprint.route("/new-password/<token>", methods=["GET", "POST"])
@public
def new_password(token: str) -> Any:
    """Set a new password by a one-time link; all sign-ins end, and one signs in with it."""
    person_id = records.find_password_link(fingerprint(token))
    if person_id is None:
        return make_response(render_template("accounts/new_password.html", expired=True, form=None), 404)
    person = records.get_person(person_id)
    form = NewPasswordForm(request.form)
    if request.method == "POST" and form.validate() and will_do(form, "new", [person.email, person.display_name]):
        if write(actions.use_password_link, token, hash_password(form.new.data or "")):
            let_past = limits.make_pass(secret_key(settings().data), person.public_id)
            return redirect(url_for("accounts.sign_in", renewed="yes", ticket=let_past), 303)
        # Another one of two presses was first: its password holds, and this one's was not taken.
        return make_response(render_template("accounts/new_password.html", expired=True, form=None), 404)
    page = render_template("accounts/new_password.html", expired=False, form=form)
    return make_response(page, 422 if form.errors else 200)
