"""What people see of renewing: their own renewal, and a programme's rule with what it comes to for somebody."""

from __future__ import annotations

from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow, this_programme
from lms.certification.awards import actions, records
from lms.certification.awards import validity as award_validity
from lms.certification.awards.access import own_award
from lms.certification.awards.forms import ValidityForm
from lms.certification.awards.issue_context import validity_of
from lms.certification.awards.records import Award
from lms.certification.blueprint import blueprint
from lms.certification.renewal import actions as renewal_actions
from lms.foundation.db import write
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import settings
from lms.library.course_cache import get_course
from lms.library.records import find_newest_digest, find_offering

# For how many holders of a certificate somebody can see what a rule comes to.
HOLDERS_MOST = 100


@blueprint.post("/certificates/<code>/renew")
@allow("hold certificates")
def renew(code: str) -> Any:
    """Begin to renew one's certificate, on the newest version of its course."""
    award = own_award(code)
    # What the write decides on is read before it.
    renewal_actions.renewal_status(award, settings())
    refused = write(renewal_actions.start_renewal, award.id, settings())
    if refused:
        return redirect(url_for("certification.certificate", code=award.code), 303)
    return redirect(url_for("learning.left", course=award.course_id), 303)


@blueprint.route("/programmes/<programme>/courses/<course>/validity", methods=["GET", "POST"])
@allow("set validity")
def validity(programme: str, course: str) -> Any:
    """Set how long a course's certificates stand, after seeing what that comes to for a person."""
    this = this_programme()
    digest = find_newest_digest(course)
    if digest is None or find_offering(this.id, course) is None:
        abort(404)
    content = get_course(digest)
    form = ValidityForm(request.form) if request.method == "POST" else ValidityForm.of(validity_of(this.id, content))
    holders = records.list_standing_of_course(this.id, course, HOLDERS_MOST)
    chosen = next((award for award in holders if award.code == request.form.get("person")), None)
    checked = request.method == "GET" or form.validate()
    seen = request.form.get("seen") == form.seen() if checked else False
    if request.method == "POST" and seen and "keep" in request.form:
        write(renewal_actions.set_validity, this.id, course, form.rule())
        return redirect(url_for("certification.validity", programme=programme, course=course, kept="yes"), 303)
    page = render_template(
        "certification/validity.html",
        here="people",
        form=form,
        course=content,
        programme=this,
        holders=[(award.code, award.name) for award in holders],
        chosen=chosen,
        unseen="keep" in request.form and checked,
        dates=_dates(form, chosen) if checked else None,
        people_url=url_for("coordination.people", programme=programme),
        notices=[_("Saved. The rule applies to certificates issued from now on.")] if "kept" in request.args else [],
    )
    return make_response(page, 200 if checked else 422)


def _dates(form: ValidityForm, chosen: Award | None) -> award_validity.Dates:
    """Return what a rule comes to for the holder who is chosen, or for somebody who passes today."""
    if chosen is None:
        return award_validity.dates_for(form.rule(), actions.today_in(this_programme().id, settings()))
    first = records.first_pass_of(chosen.enrolment_id) or chosen.passed_on
    return award_validity.dates_of(form.rule(), chosen.passed_on, chosen.valid_until, first)
