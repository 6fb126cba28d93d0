"""The page where facilitators ask for a workshop pack and download it."""

from __future__ import annotations

from typing import Any

from flask import abort, make_response, redirect, render_template, url_for

from lms.accounts.access import allow, this_programme, this_zone
from lms.authoring.blueprint import blueprint
from lms.authoring.pack import records
from lms.content.model.course import Course
from lms.foundation.db import write
from lms.foundation.text.i18n import moment
from lms.library.course_cache import get_course
from lms.library.records import find_newest_digest, find_offering


def _offered_course(course_id: str) -> Course:
    """Return the newest version of a course that this programme offers."""
    digest = find_newest_digest(course_id) if find_offering(this_programme().id, course_id) else None
    if digest is None:
        abort(404)
    return get_course(digest)


@blueprint.get("/programmes/<programme>/courses/<course>/workshop-pack")
@allow("read facilitator notes")
def workshop_pack(programme: str, course: str) -> Any:
    """Show what a workshop pack holds, and how far the one that was asked for is."""
    content = _offered_course(course)
    found = records.find_request(this_programme().id, course)
    until = found.available_until if found else None
    return render_template(
        "authoring/workshop_pack.html",
        here="courses",
        programme=this_programme(),
        course=content,
        state=found.state if found else "none",
        letters=found.letters if found else "",
        until=until and moment(until, this_zone()),
        newer=found is not None and found.digest != content.digest,
    )


@blueprint.post("/programmes/<programme>/courses/<course>/workshop-pack")
@allow("read facilitator notes")
def ask_for_workshop_pack(programme: str, course: str) -> Any:
    """Ask the job process for a pack of the newest version."""
    content = _offered_course(course)
    write(records.ask, this_programme().id, course, content.digest)
    return redirect(url_for("authoring.workshop_pack", programme=programme, course=course), 303)


@blueprint.get("/programmes/<programme>/courses/<course>/workshop-pack.zip")
@allow("read facilitator notes")
def workshop_pack_file(programme: str, course: str) -> Any:
    """Give the pack that was made last, or lead to the page that says how far it is."""
    content = _offered_course(course)
    found = records.find_request(this_programme().id, course)
    if found is None or found.content is None:
        return redirect(url_for("authoring.workshop_pack", programme=programme, course=course), 303)
    response = make_response(found.content)
    response.headers["Content-Type"] = "application/zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{content.id}-workshop.zip"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
