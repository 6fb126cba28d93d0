"""Pages to sign in and out, the account page, and who can see what."""

from __future__ import annotations

from typing import Any

from flask import g, make_response, redirect, render_template, request, url_for

from lms.accounts import actions, limits, records
from lms.accounts.access import allow, leave_browser, public, signed_in
from lms.accounts.addresses import as_people_write, normal_email
from lms.accounts.blueprint import blueprint
from lms.accounts.browser_session import let_in_to
from lms.accounts.forms import NamesForm, SignInForm
from lms.accounts.identities.records import signs_in_elsewhere
from lms.accounts.members.pages import memberships_in_words
from lms.accounts.passwords import matches
from lms.accounts.personal_data.activity_log import describe
from lms.accounts.personal_data.data_visibility import COLUMNS, visibility_rows
from lms.accounts.records import Person
from lms.accounts.second_factor.sign_in_views import ask_for_second_step, sign_in_page, words_for_elsewhere
from lms.accounts.session_records import list_sign_ins, touch
from lms.foundation.audit import entries
from lms.foundation.db import write
from lms.foundation.hooks import hooks
from lms.foundation.keys import secret_key
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import moment
from lms.foundation.web.fields import name_trouble
from lms.foundation.web.security import local_path, network_today, settings


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Any:
    """Sign in and continue where the visitor was going."""
    form = SignInForm(request.form)
    carried = request.form.get("carried")
    target = local_path(request.values.get("next"), url_for("learning.home"))
    if request.method == "POST" and form.validate():
        found = _check_password(form)
        if found and found.second_factor_at:
            return ask_for_second_step(found, bool(form.own_device.data), target, carried)
        if found:
            return let_in_to(found, bool(form.own_device.data), target, carried)
    notices = [_("You have a new password. Please sign in with it.")] if request.args.get("renewed") else []
    return sign_in_page(form, target, carried, notices, 422 if form.errors else 200)


def _check_password(form: SignInForm) -> Person | None:
    email, password = form.email.data or "", form.password.data or ""
    mark = network_today()
    wait = limits.wait_to_sign_in(email, mark)
    person = records.find_person_by_email(normal_email(email))
    if wait and not _passes(person):
        form.refuse(
            "password",
            _(
                "There have been too many attempts to sign in. Please wait %(wait)s, or choose "
                "“Forgotten your password?” below, and we’ll email you a link so that you can sign in straight away. "
                "If you have a sign-in name, your coordinator can give you a link.",
                wait=limits.wait_in_words(wait),
            ),
        )
        return None
    fits = matches(person.password_hash if person else None, password)
    if person and fits and person.disabled_at is None:
        if not signs_in_elsewhere(person, settings().single_sign_on):
            return person
        form.refuse("password", words_for_elsewhere())
        return None
    write(limits.note_sign_in_miss, email, mark, person.id if person else None)
    form.refuse("password", _("That email or sign-in name and password don’t match. Please check both and try again."))
    return None


def _passes(person: Person | None) -> bool:
    """Decide whether somebody comes from the link in their email, which goes past every delay."""
    return limits.passes(
        secret_key(settings().data), person.public_id if person else "", request.values.get("ticket", "")
    )


@blueprint.post("/sign-out")
@allow("keep an account")
def sign_out() -> Any:
    """End this session."""
    write(actions.sign_out, signed_in().person_id, g.session_mark)
    return leave_browser(make_response(redirect(url_for("learning.home"), 303)))


@blueprint.route("/account", methods=["GET", "POST"])
@allow("keep an account")
def account() -> Any:
    """Show and change one's own names, and see what happened with the account."""
    me = records.get_person(signed_in().person_id)
    form = NamesForm(request.form, obj=me)
    if request.method == "POST" and form.validate():
        write(actions.change_names, me.id, form.display_name.data or "", form.certificate_name.data or "")
        return redirect(url_for("accounts.account", saved="yes"), 303)
    zone = settings().timezone
    page = render_template(
        "accounts/account.html",
        form=form,
        email=as_people_write(me.email),
        has_email=records.has_email(me),
        letters=hooks().missing_letters(me.certificate_name),
        title_question=_title_question(me.certificate_name),
        display_name=me.display_name,
        is_new=request.args.get("new") == "yes",
        notices=_what_was_saved(),
        memberships=memberships_in_words(me.id, zone),
        sign_ins=[
            {
                "id": row.public_id,
                "since": moment(row.created_at, zone),
                "last_seen": moment(row.last_seen_at, zone),
                "this_one": row.token_sha256 == g.session_mark,
            }
            for row in list_sign_ins(me.id)
        ],
        activity=[
            {"when": moment(row.at, zone), "text": text}
            for row in entries.list_for_person(me.id)
            if (text := describe(row.event))
        ],
    )
    return make_response(page, 422 if form.errors else 200)


def _what_was_saved() -> list[str]:
    saved = request.args.get("saved") if request.method == "GET" else None
    if saved == "password":
        return [_("Saved. You have a new password and have been signed out everywhere else.")]
    if saved == "email":
        return [_("Saved. From now on you sign in with your new email address.")]
    if saved == "sign-out":
        return [_("That device is signed out.")]
    if saved == "sign-outs":
        return [_("All other devices are signed out.")]
    return [_("Saved.")] if saved else []


def _title_question(name: str) -> tuple[str, str] | None:
    """Return the titles in a name that was just chosen, as text, and the name without them; None if it has none."""
    if request.method == "POST" or not {"new", "saved"} & request.args.keys():
        return None
    titles, alone = hooks().split_titles(name)
    return (", ".join(titles), "" if name_trouble(alone) else alone) if titles else None


@blueprint.post("/account/stay")
@allow("keep an account")
def stay() -> Any:
    """Restart the idle time of this sign-in and go back to the page where it was asked."""
    write(touch, g.session_mark)
    return redirect(local_path(request.form.get("next"), url_for("accounts.account")), 303)


@blueprint.post("/account/sign-ins/<sign_in>/end")
@allow("keep an account")
def end_sign_in(sign_in: str) -> Any:
    """End one of one's own sign-ins."""
    write(actions.end_sign_in, signed_in().person_id, sign_in)
    return redirect(url_for("accounts.account", saved="sign-out"), 303)


@blueprint.post("/account/sign-ins/end-others")
@allow("keep an account")
def end_other_sign_ins() -> Any:
    """End all of one's own sign-ins but this one."""
    write(actions.end_other_sign_ins, signed_in().person_id, g.session_mark)
    return redirect(url_for("accounts.account", saved="sign-outs"), 303)


@blueprint.get("/who-sees-what")
@public
def who_sees_what() -> Any:
    """Say who can see what, from the table that decides it."""
    return render_template("accounts/who_sees_what.html", columns=COLUMNS(), rows=visibility_rows())
