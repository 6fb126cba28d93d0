"""Pages for withdrawing, reinstating and reissuing a certificate."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow, belongs, signed_in, this_programme
from lms.accounts.records import find_member, get_person
from lms.certification.awards import actions, name_records, records, reissue
from lms.certification.awards.access import own_award
from lms.certification.awards.codes import normalise_code
from lms.certification.awards.forms import ReissueForm, WithdrawForm
from lms.certification.awards.naming.confirming import confirm_name as confirm_name_on
from lms.certification.awards.records import Award
from lms.certification.blueprint import blueprint
from lms.foundation.db import write
from lms.foundation.refused import Refused


def _whose_certificate(code: str) -> str | None:
    award = records.find_award(normalise_code(code) or "")
    return award.person_id if award else None


belongs("code", _whose_certificate)


def _award_of_programme(code: str) -> Award:
    award = records.find_award_for_staff(this_programme().id, normalise_code(code) or "")
    if award is None or award.waiting:
        abort(404)
    return award


def _back_url(programme: str, award: Award) -> str:
    """Return the page of a certificate's holder; the list of people for one who has left, and has no page."""
    holder = get_person(award.person_id).public_id
    if find_member(holder, award.programme_id) is None:
        return url_for("coordination.people", programme=programme)
    return url_for("coordination.person", programme=programme, person=holder)


def _choices(field: Any, without: Collection[str] = ()) -> list[tuple[str, str, str]]:
    """Return (value, label, hint) of a field's choices."""
    return [(choice.value, choice.label, "") for choice in field.choices if choice.value not in without]


@blueprint.post("/certificates/<code>/another-name")
@allow("hold certificates")
def request_name(code: str) -> Any:
    """Ask for one's certificate in the name chosen since."""
    award = own_award(code)
    write(reissue.request_name, award.id)
    return redirect(url_for("certification.certificate", code=award.code) + "#name", 303)


@blueprint.post("/certificates/<code>/another-name/leave")
@allow("hold certificates")
def cancel_name_request(code: str) -> Any:
    """Cancel that request."""
    award = own_award(code)
    write(reissue.cancel_name_request, award.id)
    return redirect(url_for("certification.certificate", code=award.code) + "#name", 303)


@blueprint.route("/programmes/<programme>/certificates/<code>/anew", methods=["GET", "POST"])
@allow("reissue a certificate")
def reissue_certificate(programme: str, code: str) -> Any:
    """Reissue a certificate, after saying what happens next."""
    award = _award_of_programme(code)
    asked = name_records.find_name_request(award.id)
    form = ReissueForm(request.form)
    back_url, problem = _back_url(programme, award), None
    if request.method == "POST" and form.validate():
        if form.because.data == "leave":
            write(reissue.cancel_name_request, award.id)
            return redirect(back_url, 303)
        made = write(reissue.reissue_certificate, award.id, form.because.data, signed_in().person_id)
        if not isinstance(made, Refused):
            return redirect(back_url, 303)
        problem = made.message
    page = render_template(
        "certification/reissue_certificate.html",
        here="people",
        form=form,
        choices=_choices(form.because, without=() if asked else ("name",)),
        programme=this_programme(),
        award={"code": award.code, "title": award.title, "version": award.version, "name": award.name},
        can_reissue=reissue.can_be_reissued(award),
        asked_name=asked.name if asked else None,
        next_name=actions.name_of_next(award),
        problem=problem,
        back_url=back_url,
    )
    return make_response(page, 422 if form.errors or problem else 200)


@blueprint.route("/programmes/<programme>/certificates/<code>/withdraw", methods=["GET", "POST"])
@allow("withdraw a certificate")
def withdraw(programme: str, code: str) -> Any:
    """Withdraw a certificate of the programme, after saying what happens next."""
    award = _award_of_programme(code)
    form = WithdrawForm(request.form)
    if request.method == "POST" and form.validate():
        write(actions.withdraw, award.id, form.reason.data)
        return redirect(_back_url(programme, award), 303)
    return make_response(_withdraw_page(award, form), 422 if form.errors else 200)


def _withdraw_page(award: Award, form: WithdrawForm, problem: str | None = None) -> str:
    return render_template(
        "certification/withdraw.html",
        here="people",
        form=form,
        choices=_choices(form.reason),
        programme=this_programme(),
        award={
            "code": award.code,
            "name": award.name,
            "title": award.title,
            "version": award.version,
            "awarded_on": award.passed_on,
            "valid_until": award.valid_until,
            "withdrawn": award.withdrawn_at is not None,
        },
        problem=problem,
        back_url=_back_url(this_programme().slug, award),
    )


@blueprint.post("/programmes/<programme>/certificates/<code>/reinstate")
@allow("withdraw a certificate")
def reinstate(programme: str, code: str) -> Any:
    """Take a withdrawal back."""
    award = _award_of_programme(code)
    refused = write(reissue.reinstate, award.id)
    if refused:
        return make_response(_withdraw_page(award, WithdrawForm(), refused.message), 422)
    return redirect(_back_url(programme, award), 303)


@blueprint.post("/programmes/<programme>/certificates/<code>/confirm-name")
@allow("reissue a certificate")
def confirm_name(programme: str, code: str) -> Any:
    """Confirm the name on a certificate where the programme knows its holder under another."""
    award = _award_of_programme(code)
    write(confirm_name_on, award.id, signed_in().person_id)
    return redirect(_back_url(programme, award), 303)


@blueprint.post("/programmes/<programme>/certificates/<code>/ask-for-spelling")
@allow("reissue a certificate")
def ask_for_spelling(programme: str, code: str) -> Any:
    """Ask a certificate's holder by email for a spelling of their name that can be printed."""
    award = _award_of_programme(code)
    asked = write(actions.ask_for_spelling, award.id)
    return redirect(_back_url(programme, award) + f"?asked={'now' if asked else 'before'}", 303)
