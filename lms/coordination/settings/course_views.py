"""Pages of the courses that a programme offers: the list, and one course to offer or to stop offering."""

from __future__ import annotations

from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow, signed_in, this_programme
from lms.accounts.actions import FormError
from lms.certification.awards.records import count_waiting
from lms.coordination.blueprint import blueprint
from lms.coordination.board.sum_records import count_in_training
from lms.coordination.settings import course_pages
from lms.coordination.settings.actions import offer_course
from lms.coordination.settings.forms import OfferForm
from lms.coordination.settings.views import coordinates_here
from lms.coordination.settings.words import offer_words
from lms.foundation.db import write
from lms.foundation.text.i18n import gettext as _
from lms.library.course_cache import get_course
from lms.library.records import find_newest_digest
from lms.library.rules import OFFERING_STATES, OfferingState


@blueprint.get("/programmes/<programme>/settings/courses")
@allow("change programme settings")
def courses_offered(programme: str) -> Any:
    """Show the courses that a programme offers or can offer."""
    return render_template(
        "coordination/courses_offered.html",
        here="people" if coordinates_here() else "site",
        programme=this_programme(),
        rows=course_pages.course_rows(this_programme().id, all_of_site=signed_in().operator),
        notices=[_("Saved.")] if request.args.get("saved") else [],
    )


def _as_state(text: str | None) -> OfferingState | None:
    return next((state for state in OFFERING_STATES if state == text), None)


@blueprint.route("/programmes/<programme>/settings/courses/<course>", methods=["GET", "POST"])
@allow("change programme settings")
def course_offered(programme: str, course: str) -> Any:
    """Offer a course or stop offering it, and see who reviewed it and what waits for reviews."""
    this = this_programme()
    state = course_pages.courses_for(this.id, all_of_site=signed_in().operator).get(course)
    digest = find_newest_digest(course)
    if state is None or digest is None:
        abort(404)
    content, form, changed = get_course(digest), OfferForm(request.form), []
    if request.method == "GET":
        form.offer.data, form.was.data = state, state
    else:
        wanted, seen = _as_state(form.offer.data), _as_state(form.was.data) or state
        done = write(offer_course, this.id, course, seen, wanted) if wanted else None
        if done is True:
            return redirect(url_for("coordination.courses_offered", programme=programme, saved="yes"), 303)
        if done is False:
            changed = [("f-offer", _("It’s now set to: %(value)s", value=offer_words()[state]))]
            form.was.data = state
        elif isinstance(done, FormError):
            form.refuse(done.field, done.message)
        else:
            form.refuse("offer", _("Choose one of these."))
    page = render_template(
        "coordination/course_offered.html",
        here="people" if coordinates_here() else "site",
        programme=this,
        course=content,
        state=state,
        form=form,
        changed=changed,
        reviews=course_pages.review_rows(content),
        waiting=count_waiting(this.id).get(course, 0),
        started=count_in_training(this.id, course),
        needs_contacts=form.errors,
    )
    return make_response(page, 422 if form.errors or changed else 200)
