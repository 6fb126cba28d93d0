"""The page on which a draft starts: from nothing, from an example, from a published course, or from a zip file."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request

from lms.accounts.access import allow, signed_in, this_programme
from lms.authoring.blueprint import blueprint
from lms.authoring.drafts import actions
from lms.authoring.drafts.files import published_bundle, store_media
from lms.authoring.drafts.records import Draft
from lms.authoring.drafts.text_rules import front_value, id_from, read_bytes
from lms.authoring.starting.courses import NewCourse, blank_course, starter_course, under_another_id
from lms.authoring.starting.forms import CopyForm, NewCourseForm
from lms.content.model.archive import from_zip
from lms.content.model.bundle import MAX_TOTAL, Bundle
from lms.foundation.db import write
from lms.foundation.refused import Refused
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import address
from lms.library import records as library
from lms.library.course_cache import get_course

ZIP_MOST = MAX_TOTAL + 1024 * 1024
WAYS = ("starter", "nothing", "published", "zip")


@blueprint.url_value_preprocessor
def take_zip_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Take a whole course on the page where a draft starts, before anything of the post is read."""
    if endpoint == "authoring.new_draft":
        request.max_content_length = ZIP_MOST


@blueprint.route("/programmes/<programme>/drafts/new", methods=["GET", "POST"])
@allow("write courses")
def new_draft(programme: str) -> Any:
    """Start a draft in one of four ways, each with a form of its own."""
    way, left_out = request.form.get("way", ""), 0
    new, copy, problem = NewCourseForm(), CopyForm(), ""
    started: Draft | Refused | None = None
    if way in {"starter", "nothing"}:
        new = NewCourseForm(request.form)
        started = _from_words(new, way) if new.validate() else None
    elif way == "published":
        copy = CopyForm(request.form)
        started = _from_published(copy) if copy.validate() else None
    elif way == "zip":
        started, left_out = _from_zip()
    if isinstance(started, Draft):
        values: dict[str, str | int | None] = {"programme": programme, "draft": started.public_id}
        return redirect(address("authoring.draft", **values, saved="started", left_out=left_out or None), 303)
    problem = started.message if started else ""
    copy.course.choices = _courses()
    page = render_template(
        "authoring/new_draft.html",
        here="writing",
        programme=this_programme(),
        new=new,
        copy=copy,
        way=way if way in WAYS else "",
        problem=problem,
        zip_most=MAX_TOTAL // (1024 * 1024),
    )
    return make_response(page, 422 if request.method == "POST" else 200)


def _courses() -> list[tuple[str, str]]:
    """Return the courses that somebody who writes here can read, by id and title; operators can read all."""
    newest = library.list_newest_digests()
    mine = this_programme().id
    offered = {row.course_id for row in library.list_offerings_of(mine)} | library.list_open_courses()
    seen = [id for id in newest if signed_in().is_operator or id in offered or library.find_owner(id) == mine]
    return [(id, f"{get_course(newest[id]).title} ({get_course(newest[id]).version})") for id in seen]


def _is_ours(course_id: str) -> bool:
    return signed_in().is_operator or library.find_owner(course_id) == this_programme().id


def _start(bundle: Bundle, base_digest: str | None = None) -> Draft | Refused:
    front = read_bytes(bundle.files["course.md"])[0]
    course_id, title = front_value(front, "id")[:80], front_value(front, "title")[:200]
    started: Draft | Refused = write(
        actions.start, this_programme().id, signed_in().person_id, bundle, course_id, title or course_id, base_digest
    )
    return started


def _from_words(form: NewCourseForm, way: str) -> Draft | Refused | None:
    course_id = form.course_id.data or id_from(form.title.data or "")
    if not course_id:
        form.refuse(
            "course_id", _("We can’t make an id from this title. Please enter one, for example “night-shifts”.")
        )
        return None
    if library.find_newest_digest(course_id) is not None:
        form.refuse("course_id", _("There’s already a course with the id “%(id)s”. Choose another one.", id=course_id))
        return None
    words = (form.title.data or "", form.summary.data or "", form.audience.data or "")
    course = NewCourse(course_id, *words, author=signed_in().display_name)
    return _start(starter_course(course) if way == "starter" else blank_course(course))


def _from_published(form: CopyForm) -> Draft | Refused | None:
    if form.course.data not in {id for id, _title in _courses()}:
        form.refuse("course", _("Please choose a course from the list."))
        return None
    digest = library.find_newest_digest(form.course.data) or ""
    bundle = published_bundle(digest)
    if bundle is None:
        return Refused(_("The files of this course can’t be read."))
    new_id = form.course_id.data or ""
    if not new_id and _is_ours(form.course.data):
        return _start(bundle, digest)
    if not new_id:
        words = _(
            "This course belongs to somebody else, so your version needs an id of its own, for example “our-listening”."
        )
        form.refuse("course_id", words)
        return None
    if library.find_newest_digest(new_id) is not None:
        form.refuse("course_id", _("There’s already a course with the id “%(id)s”. Choose another one.", id=new_id))
        return None
    return _start(under_another_id(bundle, new_id, form.title.data or get_course(digest).title))


def _from_zip() -> tuple[Draft | Refused, int]:
    """Start from an uploaded zip; also return how many files were left out because a course can't have them."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return Refused(_("Choose a ZIP file with a course in it.")), 0
    bundle = from_zip(upload.stream)
    if not isinstance(bundle, Bundle):
        return Refused(_("We couldn’t read this as a ZIP file. Please make the ZIP file again.")), 0
    if "course.md" not in bundle.files:
        return Refused(_("There’s no course.md in this ZIP file. Please zip the folder of one course.")), 0
    store_media(bundle)
    started = _start(bundle)
    upload.close()
    return started, len(bundle.refused)
