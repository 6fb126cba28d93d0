"""Import questions into a draft from a file, export them, and export a published course for other systems."""

from __future__ import annotations

import tempfile
from typing import IO, Any

from flask import Response, abort, make_response, redirect, render_template, request, send_file

from lms.accounts import actions as accounts
from lms.accounts.access import allow, signed_in, this_programme, this_zone
from lms.authoring.blueprint import blueprint
from lms.authoring.drafts import actions, records
from lms.authoring.drafts.actions import Conflict, Saved, contents_of
from lms.authoring.drafts.checking import reading_of
from lms.authoring.drafts.records import Draft
from lms.authoring.drafts.text_rules import as_lines, read_bytes
from lms.authoring.drafts.this_draft import frame_of, this_draft
from lms.authoring.exchange import import_pages
from lms.authoring.exchange.question_files import KINDS, objectives_in, write_questions
from lms.authoring.exchange.scorm_pages import make_package
from lms.content.model.course import Course
from lms.foundation import clock
from lms.foundation.db import write
from lms.foundation.refused import Refused
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import address
from lms.interop.packing import write_package
from lms.interop.questions.check_page import append
from lms.interop.questions.importing import MAX_BYTES
from lms.library.course_cache import get_bundle, get_course
from lms.library.records import find_offering, list_newest_digests
from lms.library.records import find_owner as owner_of

CHECK = "check.md"
POST_MOST = MAX_BYTES + 1024 * 1024
_IN_MEMORY = 1024 * 1024


@blueprint.url_value_preprocessor
def take_question_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Take a bank of questions, or their whole text, before anything of the post is read."""
    if endpoint == "authoring.draft_questions":
        request.max_content_length = request.max_form_memory_size = POST_MOST


@blueprint.route("/programmes/<programme>/drafts/<draft>/questions", methods=["GET", "POST"])
@allow("write courses")
def draft_questions(programme: str, draft: str) -> Any:
    """Choose a file of questions, look at what would come in, and add it to the check as one revision."""
    found = this_draft(draft)
    values: dict[str, Any] = {}
    if "text" in request.form:
        done = _add(found, as_lines(request.form["text"]))
        if isinstance(done, Saved):
            where = {"programme": programme, "draft": draft, "path": CHECK}
            return redirect(address("authoring.draft_file", **where), 303)
        values = {"problem": done, "text": request.form["text"]}
    elif request.method == "POST":
        values = _preview(found)
    page = render_template(
        "authoring/draft_questions.html",
        **frame_of(found),
        objectives=_objectives(found),
        forms=list(KINDS),
        may_export=reading_of(found).course is not None,
        most=MAX_BYTES // (1024 * 1024),
        **{"problem": "", "preview": None, "text": "", **values},
    )
    return make_response(page, 422 if values.get("problem") else 200)


def _preview(found: Draft) -> dict[str, Any]:
    """What the file holds; nothing is stored."""
    upload = request.files.get("file")
    content = upload.stream.read(MAX_BYTES + 1) if upload and upload.filename else b""
    if not content:
        return {"problem": _("Choose a file with questions first.")}
    known = [id for id, _text in _objectives(found)]
    usual = request.form.get("objective", "")
    shown = import_pages.preview(
        content,
        (upload.filename if upload else "") or "",
        _text_of(found, CHECK),
        known,
        usual if usual in known else "",
    )
    return {"preview": shown, "text": shown.text}


def _add(found: Draft, text: str) -> Saved | str:
    """Append the text to the check as it is now; return what is in the way, if anything is.

    Where somebody saves the check at the same moment, it's read and appended to once more.
    """
    if not text.strip():
        return _("There’s nothing to add. Choose a file first.")
    done = _append(found, text)
    if isinstance(done, Conflict):
        done = _append(found, text)
    if isinstance(done, Conflict):
        return _("Somebody else has changed the check in the meantime, so nothing was added. Please add it again.")
    return done.message if isinstance(done, Refused) else done


def _append(found: Draft, text: str) -> Saved | Conflict | Refused:
    """Append the text, unless it's there already because the button was pressed twice."""
    file, page = records.find_file(found.id, CHECK), _text_of(found, CHECK)
    content = append(page, text).encode("utf-8", "replace")
    who = signed_in().person_id
    if file is None:
        return write(actions.change, found.id, who, "added", CHECK, contents_of({CHECK: content}), seen=found.revision)
    if text.strip() in page:
        return Saved(file.changed_revision, found.changed_at)
    return write(actions.save, found.id, who, CHECK, content, file.changed_revision)


def _text_of(found: Draft, path: str) -> str:
    file = records.find_file(found.id, path)
    return read_bytes(records.find_text(found.id, file.sha256) or b"")[0] if file else ""


def _objectives(found: Draft) -> list[tuple[str, str]]:
    return objectives_in(_text_of(found, "course.md"))


@blueprint.get("/programmes/<programme>/drafts/<draft>/questions/<form>")
@allow("write courses")
def draft_questions_file(programme: str, draft: str, form: str) -> Any:
    """Give the check's questions of a draft, with their keys, in another system's format."""
    found = this_draft(draft)
    course = reading_of(found).course
    if course is None or form not in KINDS:
        abort(404)
    return _as_download(course, form)


@blueprint.get("/programmes/<programme>/writing/courses/<course>/exchange")
@allow("write courses")
def exchange_course(programme: str, course: str) -> Any:
    """Offer a published course, and its questions, for other learning systems."""
    return render_template(
        "authoring/exchange_course.html",
        here="writing",
        programme=this_programme(),
        course=get_course(_readable(course)),
        forms=list(KINDS),
    )


@blueprint.get("/programmes/<programme>/writing/courses/<course>/exchange/<form>")
@allow("write courses")
def exchange_file(programme: str, course: str, form: str) -> Any:
    """Give a published course as a SCORM package, or its questions in another system's format, with their keys."""
    digest = _readable(course)
    content = get_course(digest)
    if form in KINDS:
        return _as_download(content, form)
    if form != "scorm":
        abort(404)
    here = this_programme()
    facts = {**here.facts, "slug": here.slug, "name": here.name}
    # Flask closes it once it's sent.
    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
    write_package(make_package(content, get_bundle(digest), facts, clock.today(this_zone())), file)
    file.seek(0)
    write(accounts.note_export, here.id, "scorm", 1)
    return send_file(
        file, "application/zip", as_attachment=True, download_name=f"{content.id}-{content.version}.scorm.zip"
    )


def _readable(course_id: str) -> str:
    """Return the digest of the newest version of a course that this programme offers or owns, or answer 404.

    Operators may take any course along. A course that a programme only happens to be able to read stays where it is,
    because these files hold the keys of its check.
    """
    digest = list_newest_digests().get(course_id)
    here = this_programme().id
    if digest is None or not (find_offering(here, course_id) or owner_of(course_id) == here or signed_in().operator):
        abort(404)
    return digest


def _as_download(course: Course, form: str) -> Response:
    ending, kind = KINDS[form]
    write(accounts.note_export, this_programme().id, "questions", len(course.questions))
    response = make_response(write_questions(course.questions, form, course.title))
    response.headers["Content-Type"] = kind
    response.headers["Content-Disposition"] = f'attachment; filename="{course.id}{ending}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
