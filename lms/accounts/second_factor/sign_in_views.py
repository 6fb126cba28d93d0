"""The second step at sign-in, and signing in with a passkey alone."""

from __future__ import annotations

from typing import Any

from flask import jsonify, make_response, render_template, request, url_for

from lms.accounts import records
from lms.accounts.access import public
from lms.accounts.blueprint import blueprint
from lms.accounts.browser_session import let_in_to
from lms.accounts.forms import SignInForm
from lms.accounts.identities.records import signs_in_elsewhere
from lms.accounts.records import Person
from lms.accounts.rules import Vouched
from lms.accounts.second_factor import answers, passkeys, sealing
from lms.accounts.second_factor import records as factor_records
from lms.accounts.second_factor.forms import SecondStepForm
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import local_path, settings


def second_step_page(half: str, person: Person, form: SecondStepForm, target: str, carried: str | None) -> Any:
    """Return the page between password and sign-in, which alone holds the half step."""
    page = render_template(
        "accounts/second_step.html",
        form=form,
        half=half,
        next=target,
        carried=carried,
        has_app=factor_records.find_app(person.id) is not None,
        has_passkey=passkeys.host_of(settings()) is not None and bool(factor_records.list_passkeys(person.id)),
    )
    return make_response(page, 422 if form.errors else 200)


def ask_for_second_step(
    person: Person, own_device: bool, target: str, carried: str | None, vouched: Vouched | None = None
) -> Any:
    """Return the page of the second step for somebody whose password was right, or whom the provider vouches for."""
    half = sealing.make_half_step(answers.site_key(), person, own_device, vouched)
    return second_step_page(half, person, SecondStepForm(), target, carried)


def sign_in_page(form: SignInForm, target: str, carried: str | None, notices: list[str], status: int = 200) -> Any:
    """Return the page to sign in on."""
    page = render_template(
        "accounts/sign_in.html",
        form=form,
        carried=carried,
        next=target,
        ticket=request.values.get("ticket", ""),
        registration=settings().registration,
        passkeys=passkeys.host_of(settings()) is not None,
        notices=notices,
    )
    return make_response(page, status)


def words_for_elsewhere() -> str:
    """Return what to say to somebody who signs in by single sign-on and in no other way."""
    provider = settings().single_sign_on
    return _(
        "You sign in here with “%(label)s”, so please choose that below. Your account hasn’t changed.",
        label=provider.label if provider else "",
    )


@blueprint.post("/sign-in/second-step")
@public
def second_step() -> Any:
    """Take a code after the password; the page is reached from the sign-in page alone."""
    target = local_path(request.form.get("next"), url_for("learning.home"))
    carried, text = request.form.get("carried"), request.form.get("half", "")
    half = sealing.read_half_step(answers.site_key(), text)
    person = records.find_person(half.public_id) if half else None
    if half is None or person is None or not _still_half_in(half, person):
        words = _("That took a little too long, so please enter your password again. Nothing has changed.")
        return sign_in_page(SignInForm(), target, carried, [words], 422)
    form = SecondStepForm(request.form)
    recovered = bool(form.recovery.data)
    if not _is_taken(person, form):
        return second_step_page(text, person, form, target, carried)
    if recovered and not carried:
        target = url_for("accounts.two_step", recovered="yes")
    return let_in_to(person, half.own_device, target, carried, half.vouched)


def _still_half_in(half: sealing.HalfStep, person: Person) -> bool:
    """Decide whether a half step is still worth something: the account is open, and its password the same."""
    same = sealing.password_mark(person) == half.password_mark
    if half.vouched is None and signs_in_elsewhere(person, settings().single_sign_on):
        return False
    return same and person.disabled_at is None and person.second_factor_at is not None


def _is_taken(person: Person, form: SecondStepForm) -> bool:
    form.validate()
    if form.recovery.data:
        field, problem = "recovery", answers.problem_with_recovery_code(person, form.recovery.data)
    elif form.code.data:
        field, problem = "code", answers.problem_with_code(person, form.code.data)
    else:
        field = "code" if factor_records.find_app(person.id) else "recovery"
        problem = _("Please enter a code.")
    if problem:
        form.refuse(field, problem)
    return problem is None


@blueprint.get("/sign-in/passkey")
@public
def passkey_challenge() -> Any:
    """Return what a browser needs to use a passkey; nothing is stored, and it's the same for everybody."""
    challenge, signed = answers.new_challenge()
    return jsonify(publicKey=passkeys.to_use(settings(), challenge), challenge=signed)


@blueprint.post("/sign-in/passkey")
@public
def passkey_sign_in() -> Any:
    """Sign in with a passkey, which is two steps in one: something one has, and a fingerprint, face or PIN."""
    target = local_path(request.form.get("next"), url_for("learning.home"))
    carried = request.form.get("carried")
    found = answers.who_answered(request.form.get("passkey_answer", ""), request.form.get("passkey_challenge", ""))
    if isinstance(found, Person) and signs_in_elsewhere(found, settings().single_sign_on):
        found = words_for_elsewhere()
    if isinstance(found, Person):
        return let_in_to(found, request.form.get("own_device") == "yes", target, carried)
    return sign_in_page(SignInForm(), target, carried, [found], 422)
