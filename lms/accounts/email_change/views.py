"""Pages to change one's email address, and to undo a change."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from lms.accounts import limits, records
from lms.accounts.access import allow, public, signed_in
from lms.accounts.actions import FormError
from lms.accounts.addresses import as_people_write, normal_email
from lms.accounts.blueprint import blueprint
from lms.accounts.email_change import actions as change_actions
from lms.accounts.email_change.actions import CONFIRM, UNDO, ChangeEmails, change_of, token_of
from lms.accounts.email_change.records import CONFIRM_DAYS, UNDO_DAYS, find_open_change
from lms.accounts.forms import EmailAddressForm
from lms.accounts.notifications.reader_language import language_at, language_of
from lms.accounts.records import Person
from lms.accounts.second_factor.step_up import step_up
from lms.foundation import ids
from lms.foundation.db import write
from lms.foundation.keys import secret_key
from lms.foundation.mail.templates import writing_in
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import settings


def _key() -> bytes:
    return secret_key(settings().data)


@blueprint.route("/account/email", methods=["GET", "POST"])
@allow("keep an account")
@step_up
def email_address() -> Any:
    """Ask for another email address; nothing changes until its link is opened, and the page says the same for all."""
    me = records.get_person(signed_in().person_id)
    form = EmailAddressForm(request.form)
    if request.method == "POST" and form.validate() and _may_ask(me, form):
        _ask(me, form.email.data or "")
        return redirect(url_for("accounts.email_address", sent="yes"), 303)
    waiting = find_open_change(me.id)
    page = render_template(
        "accounts/email_address.html",
        form=form,
        email=as_people_write(me.email),
        has_email=records.has_email(me),
        waiting=as_people_write(waiting.new_email) if waiting else None,
        sent=request.method == "GET" and request.args.get("sent") == "yes" and waiting is not None,
        confirm_days=CONFIRM_DAYS,
        undo_days=UNDO_DAYS,
    )
    return make_response(page, 422 if form.errors else 200)


def _may_ask(me: Person, form: EmailAddressForm) -> bool:
    if normal_email(form.email.data or "") == me.email:
        form.refuse("email", _("This is your address already."))
        return False
    wait = write(limits.count_email_change, me.id)
    if wait is not None:
        words = _("You’ve asked several times today. Nothing has changed. Please try again tomorrow.")
        form.refuse("email", words)
    return wait is None


def _address(endpoint: str, token: str) -> str:
    return settings().base_url + url_for(endpoint, token=token)


def _for_notice(change_id: str, new_email: str) -> dict[str, Any]:
    """Return what emails to the former address say."""
    return {
        "new_email": as_people_write(new_email),
        "days": UNDO_DAYS,
        "address": _address("accounts.undo_email", token_of(_key(), change_id, UNDO)),
    }


def _ask(me: Person, email: str) -> None:
    change_id, new_email = ids.public_id(), normal_email(email)
    sign_in = settings().base_url + url_for("accounts.sign_in")
    confirm = _address("accounts.confirm_email", token=token_of(_key(), change_id, CONFIRM))
    with writing_in(language_of(me)) as render_email:
        link = render_email("email_change_link", days=CONFIRM_DAYS, address=confirm)
        looks_alike = render_email("email_change_taken", address=sign_in, looks_alike=True)
        notice = render_email("email_change_asked", **_for_notice(change_id, new_email))
    with writing_in(language_at(new_email)) as render_email:
        has_account = render_email("email_change_taken", address=sign_in, looks_alike=False)
    write(change_actions.ask, settings(), me.id, change_id, email, ChangeEmails(link, has_account, looks_alike, notice))


@blueprint.route("/account/email/confirm/<token>", methods=["GET", "POST"])
@allow("keep an account")
def confirm_email(token: str) -> Any:
    """Take the new address: by the link that was sent to it, as the person who asked and nobody else."""
    me = records.get_person(signed_in().person_id)
    change = change_of(_key(), token, CONFIRM)
    if change is None or change.person_id != me.id or not change.may_be_confirmed:
        return _ended("confirm")
    if request.method == "POST":
        with writing_in(language_of(me)) as render_email:
            email = render_email("email_changed", **_for_notice(change.id, change.new_email))
        done = write(change_actions.confirm, settings(), me.id, change.id, email)
        if isinstance(done, FormError):
            return _ended("taken")
        return redirect(url_for("accounts.account", saved="email"), 303) if done else _ended("confirm")
    return render_template(
        "accounts/confirm_email.html",
        email=as_people_write(me.email),
        new_email=as_people_write(change.new_email),
    )


@blueprint.route("/account/email/undo/<token>", methods=["GET", "POST"])
@public
def undo_email(token: str) -> Any:
    """Keep the former address, or get it back: by the link that was sent to it, without signing in."""
    change = change_of(_key(), token, UNDO)
    if change is None or not change.may_be_undone:
        return _ended("undo")
    if request.method == "POST":
        done = write(change_actions.undo, change.id)
        if isinstance(done, FormError):
            return _ended("undo_taken")
        return redirect(url_for("accounts.forgotten", undone="yes"), 303) if done else _ended("undo")
    return render_template(
        "accounts/undo_email.html",
        email=as_people_write(change.old_email),
        new_email=as_people_write(change.new_email),
        changed=change.confirmed_at is not None,
    )


def _ended(why: str) -> Any:
    return make_response(render_template("accounts/parts/email_change_ended.html", why=why), 404)
