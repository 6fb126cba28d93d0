"""Pages of published courses for those who write them: versions, their files, and withdrawing a course."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for

from lms.accounts.access import allow, signed_in, this_programme, this_zone
from lms.authoring.blueprint import blueprint
from lms.authoring.drafts.actions import start
from lms.authoring.drafts.files import published_bundle
from lms.authoring.publishing import course_pages, records
from lms.authoring.publishing.compare_views import readable_course
from lms.authoring.publishing.zip_views import as_download
from lms.content.model.course import Course
from lms.foundation import clock
from lms.foundation.db import write
from lms.foundation.refused import Refused
from lms.foundation.text.i18n import day
from lms.library.actions import call_off_closing
from lms.library.actions import close_version as close
from lms.library.actions import reinstate_course as let_be_offered
from lms.library.actions import withdraw_course as withdraw
from lms.library.course_cache import get_bundle, get_course
from lms.library.records import find_newest_digest, find_owner, find_version, find_withdrawn, list_newest_digests
from lms.library.rules import NOTICE, may_publish


@blueprint.get("/programmes/<programme>/writing/courses")
@allow("write courses")
def written_courses(programme: str) -> Any:
    """List the published courses that trainers of a programme may read."""
    this = this_programme()
    digests = list_newest_digests() if signed_in().operator else records.list_readable(this.id)
    rows = course_pages.course_rows(this, digests)
    return render_template("authoring/written_courses.html", here="writing", programme=this, rows=rows)


@blueprint.get("/programmes/<programme>/writing/courses/<course>")
@allow("write courses")
def course_versions(programme: str, course: str) -> Any:
    """Show the versions of a course, each with what it changed and its files."""
    content, this = readable_course(course), this_programme()
    return render_template(
        "authoring/course_versions.html",
        here="writing",
        programme=this,
        course=content,
        versions=course_pages.version_rows(course, this_zone()),
        owner_words=course_pages.owner_words(find_owner(course), this),
        withdrawn=course_pages.day_of_withdrawal(course, this_zone()),
        may_withdraw=_may_publish(course),
        older=course_pages.older_versions(course, this_zone()) if _may_publish(course) else [],
        may_take_out=signed_in().operator or course in records.list_cared_for(this.id),
    )


@blueprint.route("/programmes/<programme>/writing/courses/<course>/withdraw", methods=["GET", "POST"])
@allow("publish courses")
def withdraw_course(programme: str, course: str) -> Any:
    """Ask whether a course is to be withdrawn, say what that means, and do it."""
    content = _own_course(course)
    if find_withdrawn(course):
        return redirect(url_for("authoring.course_versions", programme=programme, course=course), 303)
    if request.method == "POST":
        write(withdraw, course)
        return redirect(url_for("authoring.course_versions", programme=programme, course=course), 303)
    return render_template(
        "authoring/withdraw_course.html",
        here="writing",
        programme=this_programme(),
        course=content,
        middle=course_pages.middle_words(content),
    )


@blueprint.post("/programmes/<programme>/writing/courses/<course>/reinstate")
@allow("publish courses")
def reinstate_course(programme: str, course: str) -> Any:
    """Let programmes offer a withdrawn course again."""
    _own_course(course)
    write(let_be_offered, course)
    return redirect(url_for("authoring.course_versions", programme=programme, course=course), 303)


@blueprint.route("/programmes/<programme>/writing/courses/<course>/<version>/close", methods=["GET", "POST"])
@allow("publish courses")
def close_version(programme: str, course: str, version: str) -> Any:
    """Ask whether an older version is to be closed in 90 days, say what that means, and do it."""
    content = _own_course(course)
    shown = {row.version: row for row in course_pages.older_versions(course, this_zone())}.get(version)
    if shown is None or shown.state != "open":
        return redirect(url_for("authoring.course_versions", programme=programme, course=course), 303)
    last = clock.today(this_zone()) + NOTICE
    if request.method == "POST":
        write(close, course, shown.line, last)
        return redirect(url_for("authoring.course_versions", programme=programme, course=course), 303)
    return render_template(
        "authoring/close_version.html",
        here="writing",
        programme=this_programme(),
        course=content,
        older=shown,
        last=day(last),
        middle=course_pages.in_middle_of(get_course(find_newest_digest(course, shown.line) or content.digest)),
    )


@blueprint.post("/programmes/<programme>/writing/courses/<course>/<version>/keep-open")
@allow("publish courses")
def keep_version_open(programme: str, course: str, version: str) -> Any:
    """Call off that an older version closes; once its day has passed, nothing changes."""
    _own_course(course)
    write(call_off_closing, course, version.rpartition(".")[0], clock.today(this_zone()))
    return redirect(url_for("authoring.course_versions", programme=programme, course=course), 303)


@blueprint.post("/programmes/<programme>/writing/courses/<course>/<version>/draft")
@allow("write courses")
def draft_from_version(programme: str, course: str, version: str) -> Any:
    """Start a draft with the files of a version: to change it or, from an older one, to go back to its text."""
    content = _own_course(course)
    found = find_version(course, version)
    bundle = published_bundle(found.digest) if found else None
    if found is None or bundle is None:
        abort(404)
    title = get_course(found.digest).title
    who = signed_in().person_id
    started = write(start, this_programme().id, who, bundle, content.id, title, found.digest)
    if isinstance(started, Refused):
        return redirect(url_for("authoring.drafts", programme=programme), 303)
    return redirect(url_for("authoring.draft", programme=programme, draft=started.public_id, saved="started"), 303)


@blueprint.get("/programmes/<programme>/writing/courses/<course>/<version>.zip")
@allow("write courses")
def version_zip(programme: str, course: str, version: str) -> Any:
    """Give the files of a published version as a ZIP file; the same version is always the same file."""
    readable_course(course)
    found = find_version(course, version)
    if found is None:
        abort(404)
    return as_download(get_bundle(found.digest), course, f"{course}-{version}.zip")


def _may_publish(course_id: str) -> bool:
    return may_publish(find_owner(course_id), this_programme().id, signed_in().operator)


def _own_course(course_id: str) -> Course:
    """Return a course whose new versions come from this programme, or answer 404."""
    content = readable_course(course_id)
    if not _may_publish(course_id):
        abort(404)
    return content
