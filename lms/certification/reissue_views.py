"""What people see when a certificate is made anew, or a withdrawal is taken back."""

from __future__ import annotations

from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow, this_programme
from lms.certification import records, reissue
from lms.certification.actions import Refused
from lms.certification.codes import normalise_code
from lms.certification.forms import ReissueForm
from lms.certification.records import Award
from lms.certification.views import own_award, rooms
from lms.foundation.db import write


def _award_of_programme(code: str) -> Award:
    award = records.find_award(normalise_code(code) or "")
    if award is None or award.programme_id != this_programme().id or award.waiting:
        abort(404)
    return award


@rooms.post("/certificates/<code>/another-name")
@allow("hold certificates")
def ask_for_name(code: str) -> Any:
    """Ask for one's certificate in the name chosen since."""
    award = own_award(code)
    write(reissue.ask_for_name, award.id)
    return redirect(url_for("certification.certificate", code=award.code) + "#name", 303)


@rooms.post("/certificates/<code>/another-name/leave")
@allow("hold certificates")
def leave_name(code: str) -> Any:
    """Take that request back."""
    award = own_award(code)
    write(reissue.leave_name, award.id)
    return redirect(url_for("certification.certificate", code=award.code) + "#name", 303)


@rooms.route("/programmes/<programme>/certificates/<code>/anew", methods=["GET", "POST"])
@allow("reissue a certificate")
def make_anew(programme: str, code: str) -> Any:
    """Make a certificate anew, after saying plainly what follows."""
    award = _award_of_programme(code)
    asked = records.find_name_request(award.id)
    form = ReissueForm(request.form)
    people_url = url_for("coordination.people", programme=programme)
    problem = None
    if request.method == "POST" and form.validate():
        if form.because.data == "leave":
            write(reissue.leave_name, award.id)
            return redirect(people_url, 303)
        made = write(reissue.make_anew, award.id, form.because.data)
        if not isinstance(made, Refused):
            return redirect(people_url, 303)
        problem = made.message
    page = render_template(
        "certification/make_anew.html",
        here="people",
        form=form,
        programme=this_programme(),
        award={"code": award.code, "title": award.title, "version": award.version, "name": award.name},
        stands=reissue.can_be_made_anew(award),
        asked_name=asked.name if asked else None,
        problem=problem,
        people_url=people_url,
    )
    return make_response(page, 422 if form.errors or problem else 200)


@rooms.post("/programmes/<programme>/certificates/<code>/reinstate")
@allow("withdraw a certificate")
def reinstate(programme: str, code: str) -> Any:
    """Take a withdrawal back."""
    award = _award_of_programme(code)
    write(reissue.reinstate, award.id)
    return redirect(url_for("coordination.people", programme=programme), 303)
