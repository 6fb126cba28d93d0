"""Pages to register by email and to accept an invitation."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from lms.accounts import limits, records
from lms.accounts.access import public, visitor
from lms.accounts.addresses import normal_email
from lms.accounts.blueprint import blueprint
from lms.accounts.browser_session import let_in
from lms.accounts.forms import ForgottenForm, RegisterForm
from lms.accounts.invitations import actions as invitation_actions
from lms.accounts.invitations.actions import NewAccount, RegisterEmails
from lms.accounts.invitations.records import Invitation, find_invitation
from lms.accounts.notifications.reader_language import language_at
from lms.accounts.passwords import hash_password, will_do
from lms.accounts.records import Person, Programme
from lms.foundation import ids
from lms.foundation.db import write
from lms.foundation.hooks import hooks
from lms.foundation.keys import fingerprint, secret_key
from lms.foundation.mail.templates import writing_in
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.fields import Form
from lms.foundation.web.security import network_today, settings


def _link(token: str) -> str:
    """Return the address that is only ever emailed: whoever opens it reads the mail of the invited address."""
    confirmed = invitation_actions.proof(secret_key(settings().data), token)
    return settings().base_url + url_for("accounts.accept_invitation", token=token, confirmed=confirmed)


def _may_get_email(form: Form) -> bool:
    if limits.may_ask_for_link(network_today()):
        return True
    form.refuse(
        "email", _("We’ve had many requests for emails from your network. Please wait an hour, then try again.")
    )
    return False


@blueprint.route("/register", methods=["GET", "POST"])
@public
def register() -> Any:
    """Ask for the address to which a link to a new account goes; the page says the same for every address."""
    programme = invitation_actions.open_programme(request.args.get("programme"))
    if settings().registration != "open" or programme is None:
        return render_template("accounts/register.html", form=None, registration=settings().registration)
    form = ForgottenForm(request.form)
    if request.method == "POST" and form.validate() and _may_get_email(form):
        token = ids.secret_token()
        emails = _emails(token, programme, normal_email(form.email.data or ""))
        args = (settings(), programme.id, form.email.data or "", network_today(), token, emails)
        write(invitation_actions.ask_to_register, *args)
        return redirect(url_for("accounts.register", sent="yes"), 303)
    sent = request.method == "GET" and request.args.get("sent") == "yes"
    page = render_template("accounts/register.html", form=form, sent=sent, registration="open")
    return make_response(page, 422 if form.errors else 200)


def _emails(token: str, programme: Programme, address: str) -> RegisterEmails:
    site = settings().base_url
    sign_in, forgotten = site + url_for("accounts.sign_in"), site + url_for("accounts.forgotten")
    preferences_url = site + url_for("accounts.email_preferences")
    with writing_in(language_at(address, programme)) as render_email:
        return RegisterEmails(
            render_email("register", address=_link(token), programme=programme.name),
            render_email("has_account", sign_in=sign_in, forgotten=forgotten, preferences_url=preferences_url),
            render_email("looks_like_another"),
        )


@blueprint.route("/invitation/<token>", methods=["GET", "POST"])
@public
def accept_invitation(token: str) -> Any:
    """Use a one-time link: with a new account, or with one's own."""
    invitation = find_invitation(fingerprint(token))
    if invitation is None:
        return make_response(render_template("accounts/invitation.html", state="ended", form=None), 404)
    somebody = visitor()
    if settings().registration == "closed" and somebody is None and invitation.role != "operator":
        return render_template("accounts/register.html", form=None, registration="closed")
    proven = invitation_actions.is_proof(secret_key(settings().data), token, request.args.get("confirmed", ""))
    me = records.get_person(somebody.person_id) if somebody else None
    form = RegisterForm(request.form, display_name=invitation.name)
    if invitation.email:
        del form.email
    state = _state(invitation, me, proven)
    if request.method == "POST" and state == "prove" and _may_send(invitation, token):
        return redirect(url_for("accounts.accept_invitation", token=token, sent="yes"), 303)
    if request.method == "POST" and state in {"accept", "new"}:
        done = _accept(token, form, me, invitation, proven=proven)
        if isinstance(done, Person):
            return let_in(done, False, _first_page(done, invitation))
    programme = records.get_programme(invitation.programme_id) if invitation.programme_id else None
    page = render_template(
        "accounts/invitation.html",
        state="sent" if state == "prove" and request.args.get("sent") else state,
        form=form,
        address=invitation.email,
        by_slip=invitation.needs_slip,
        own_request=proven and invitation.invited_at is None,
        programme_name=programme.name if programme else None,
        role=invitation.role,
        letters=hooks().missing_letters(me.certificate_name) if me else (),
    )
    return make_response(page, 422 if request.method == "POST" else 200)


def _first_page(person: Person, invitation: Invitation) -> str:
    """Return where somebody new goes: their role's first page, or their account if there's a note about their name."""
    if hooks().missing_letters(person.certificate_name) or hooks().split_titles(person.certificate_name)[0]:
        return url_for("accounts.account", new="yes")
    if invitation.role == "operator":
        return url_for("coordination.site_home")
    if invitation.role == "coordinator" and invitation.programme_id:
        return url_for("coordination.people", programme=records.get_programme(invitation.programme_id).slug)
    return url_for("learning.courses")


def _state(invitation: Invitation, me: Person | None, proven: bool) -> str:
    """Return what somebody can do with an invitation."""
    if me and invitation.email not in {None, me.email}:
        return "another"
    if me is None and invitation.email and records.find_person_by_email(invitation.email):
        return "sign_in"
    if invitation_actions.needs_proof(invitation, me) and not proven:
        return "prove"
    return "accept" if me else "new"


def _may_send(invitation: Invitation, token: str) -> bool:
    """Email the link that proves the address, unless the network asked for too many."""
    mark = network_today()
    if not invitation.email or not limits.may_ask_for_link(mark):
        return False
    programme = records.get_programme(invitation.programme_id) if invitation.programme_id else None
    with writing_in(language_at(invitation.email, programme)) as render_email:
        email = render_email("invitation", address=_link(token), programme=programme.name if programme else "")
    write(invitation_actions.email_link, settings(), invitation.email, mark, email)
    return True


def _accept(token: str, form: RegisterForm, me: Person | None, invitation: Invitation, *, proven: bool) -> Any:
    """Accept as the person who is signed in, or make the account that the form asks for."""
    if me:
        done = write(invitation_actions.accept, token, me.id, proven=proven)
    elif form.validate() and will_do(form, "password", [_address(form, invitation), form.display_name.data or ""]):
        name = form.display_name.data or ""
        new = NewAccount(_address(form, invitation), name, hash_password(form.password.data or ""), name)
        done = write(invitation_actions.accept, token, new, proven=proven)
    else:
        return None
    if not isinstance(done, Person):
        form.refuse("email" if "email" in form else "display_name", done.message)
    return done


def _address(form: RegisterForm, invitation: Invitation) -> str:
    return invitation.email or form.email.data or ""
