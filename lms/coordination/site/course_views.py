"""Pages of all published courses: their versions, who offers them, and their reviews."""

from __future__ import annotations

from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow
from lms.accounts.records import find_programme, get_programme, list_programme_names
from lms.certification.awards.records import count_waiting_of
from lms.coordination.blueprint import blueprint
from lms.coordination.settings import course_pages
from lms.coordination.site import actions, pages, records
from lms.coordination.site.forms import OwnerForm, ReviewForm
from lms.foundation import clock
from lms.foundation.db import write
from lms.foundation.refused import Refused
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import settings
from lms.library.actions import record_review, set_owner
from lms.library.course_cache import get_course
from lms.library.records import find_newest_digest, find_owner

# How many of the programmes that offer a course its page lists.
OFFERED_MOST = 50


@blueprint.get("/operator/courses")
@allow("run the site")
def site_courses() -> Any:
    """Show all published courses."""
    return render_template(
        "coordination/site_courses.html", here="site", rows=pages.published_courses(settings().timezone)
    )


@blueprint.route("/operator/courses/<course>", methods=["GET", "POST"])
@allow("run the site")
def site_course(course: str) -> Any:
    """Show a course's versions, programmes and reviews, and record a review of its newest version."""
    digest = find_newest_digest(course)
    if digest is None:
        abort(404)
    content, form, today = get_course(digest), ReviewForm(request.form), clock.today(settings().timezone)
    if request.method == "POST":
        form.validate()
        day = form.read_day(today)
        if not form.role.data:
            form.refuse("role", _("Choose one of these."))
        if day and not form.errors:
            actions.read_reviewed_courses(course)
            said = (form.role.data or "", form.name.data or "", day, None, bool(form.patches.data))
            done = write(record_review, course, content.version, *said)
            if not isinstance(done, Refused):
                return redirect(url_for("coordination.site_course", course=course, saved="yes"), 303)
            form.refuse("role", _("Choose one of these."))
    offered = records.list_offering_programmes(course, OFFERED_MOST + 1)
    page = render_template(
        "coordination/site_course.html",
        here="site",
        course=content,
        form=form,
        versions=pages.version_rows(course, settings().timezone),
        programmes=offered[:OFFERED_MOST],
        more=len(offered) > OFFERED_MOST,
        reviews=course_pages.review_rows(content),
        waiting=count_waiting_of(course),
        owner=_owner_form(course),
        notices=_notices(),
    )
    return make_response(page, 422 if form.errors else 200)


def _notices() -> list[str]:
    said = {"yes": _("The review is recorded."), "owner": _("Saved.")}
    found = said.get(request.args.get("saved", "")) if request.method == "GET" else None
    return [found] if found else []


def _owner_form(course: str) -> OwnerForm:
    """Return the form of who publishes a course, with the present owner chosen."""
    owner = find_owner(course)
    form = OwnerForm(request.form, owner=get_programme(owner).slug if owner else "")
    form.offer(list_programme_names())
    return form


@blueprint.post("/operator/courses/<course>/owner")
@allow("run the site")
def site_course_owner(course: str) -> Any:
    """Hand a course over to a programme or to the site."""
    form = _owner_form(course)
    if find_newest_digest(course) is None or not form.validate():
        abort(404)
    programme = find_programme(form.owner.data or "")
    write(set_owner, course, programme.id if programme else None)
    return redirect(url_for("coordination.site_course", course=course, saved="owner"), 303)
