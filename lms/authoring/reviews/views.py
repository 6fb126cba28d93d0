"""Pages that ask somebody to review a version of a course, and on which they read it and answer."""

from __future__ import annotations

from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow, signed_in, this_programme
from lms.accounts.actions import FormError
from lms.accounts.records import find_person_by_email, get_programme
from lms.accounts.rules import zone_of
from lms.authoring.blueprint import blueprint
from lms.authoring.publishing.compare_views import readable_course
from lms.authoring.reviews.actions import Wanted, answer_request, ask_for_review
from lms.authoring.reviews.forms import AnswerForm, RequestForm
from lms.authoring.reviews.pages import read_whole, role_names
from lms.authoring.reviews.records import find_request
from lms.certification.awards.records import list_waiting
from lms.foundation.db import write
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import settings
from lms.library.course_cache import get_course


@blueprint.route("/programmes/<programme>/writing/courses/<course>/ask-for-review", methods=["GET", "POST"])
@allow("write courses")
def ask_for_review_of(programme: str, course: str) -> Any:
    """Ask somebody of the programme by email to review the newest version of a course."""
    content, form = readable_course(course), RequestForm(request.form)
    if request.method == "POST":
        form.validate()
        if not form.role.data:
            form.refuse("role", _("Choose one of these."))
        if not form.errors:
            reviewer = find_person_by_email((form.email.data or "").lower())
            wanted = Wanted(course, content.digest, str(form.role.data), form.note.data or "")
            done = write(ask_for_review, this_programme().id, signed_in().person_id, reviewer, wanted)
            if not isinstance(done, FormError):
                return redirect(url_for("authoring.reviews", programme=programme, saved="asked"), 303)
            form.refuse(done.field, done.message)
    page = render_template(
        "authoring/ask_for_review_of.html", here="writing", programme=this_programme(), course=content, form=form
    )
    return make_response(page, 422 if form.errors else 200)


@blueprint.route("/reviews/<review_request>", methods=["GET", "POST"])
@allow("learn")
def review(review_request: str) -> Any:
    """Show somebody who was asked for a review the whole text of the version, and record their answer."""
    found = find_request(review_request, signed_in().person_id)
    if found is None:
        abort(404)
    programme, content, form = get_programme(found.programme_id), get_course(found.digest), AnswerForm(request.form)
    if request.method == "POST" and form.validate():
        # What waits for this review is read before the write that may issue it.
        for award in list_waiting(found.course_id):
            get_course(award.digest)
        zone = zone_of(programme.facts, settings().timezone)
        note, patches = form.note.data or "", bool(form.patches.data)
        write(answer_request, found.id, signed_in().display_name, note, patches, zone)
        return redirect(url_for("authoring.review", review_request=review_request), 303)
    page = render_template(
        "authoring/review.html",
        asked=found,
        programme_name=programme.name,
        role=role_names()[found.role],
        course=content,
        pieces=read_whole(content),
        form=form,
    )
    return make_response(page, 422 if form.errors else 200)
