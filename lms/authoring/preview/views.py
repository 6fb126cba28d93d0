"""Previews of drafts and of published versions, on the pages that learners see. Nothing of them is stored."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, make_response, request, url_for

from lms.accounts.access import allow, this_programme
from lms.authoring.blueprint import blueprint
from lms.authoring.drafts import records
from lms.authoring.drafts.checking import reading_of
from lms.authoring.preview.looks import read_look
from lms.authoring.preview.pages import Edit, Preview, of_preview
from lms.authoring.preview.places import page_of
from lms.authoring.publishing.compare_views import readable_course
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import FRAMED
from lms.library.course_cache import get_course
from lms.library.records import find_version

blueprint.context_processor(of_preview)


@blueprint.get("/programmes/<programme>/drafts/<draft>/preview")
@blueprint.get("/programmes/<programme>/drafts/<draft>/preview/<what>")
@blueprint.get("/programmes/<programme>/drafts/<draft>/preview/<what>/<id>")
@allow("write courses")
def preview(programme: str, draft: str, what: str = "course", id: str = "") -> Any:
    """Show a page of a draft as learners would see it, as far as it can be put together."""
    found = records.find_draft(this_programme().id, draft)
    if found is None:
        abort(404)
    reading = reading_of(found)
    shown = Preview(
        course=reading.so_far,
        base=url_for("authoring.preview", programme=programme, draft=draft),
        look=read_look(request.args),
        says=_("Preview of a draft. Nothing here is saved or counted."),
        facts=this_programme().facts,
        findings=reading.findings,
        paths=list(records.list_files(found.id)),
        edit=_editor_of(programme, draft),
        back=(url_for("authoring.draft", programme=programme, draft=draft), _("Back to the draft")),
    )
    return _answer(shown, what, id)


@blueprint.get("/programmes/<programme>/writing/courses/<course>/<version>/preview")
@blueprint.get("/programmes/<programme>/writing/courses/<course>/<version>/preview/<what>")
@blueprint.get("/programmes/<programme>/writing/courses/<course>/<version>/preview/<what>/<id>")
@allow("write courses")
def preview_version(programme: str, course: str, version: str, what: str = "course", id: str = "") -> Any:
    """Show a page of a published version as learners see it, for those who review it."""
    readable_course(course)
    found = find_version(course, version)
    if found is None:
        abort(404)
    shown = Preview(
        course=get_course(found.digest),
        base=url_for("authoring.preview_version", programme=programme, course=course, version=version),
        look=read_look(request.args),
        says=_("Preview of version %(version)s. Nothing here is saved or counted.", version=version),
        facts=this_programme().facts,
        back=(url_for("authoring.course_versions", programme=programme, course=course), _("Back to the versions")),
    )
    return _answer(shown, what, id)


def _editor_of(programme: str, draft: str) -> Edit:
    def address(path: str, line: int) -> str:
        place = url_for("authoring.draft_file", programme=programme, draft=draft, path=path)
        return f"{place}#line-{line}"

    return address


def _answer(shown: Preview, what: str, id: str) -> Response:
    page = page_of(shown, what, id, request.args)
    if page is None:
        abort(404)
    response = make_response(page)
    response.headers.update(FRAMED)
    return response
