"""A draft as a ZIP file: out of the site and, changed, back into it as one revision."""

from __future__ import annotations

import tempfile
from typing import IO, Any

from flask import Response, make_response, redirect, render_template, request, send_file, url_for

from lms.accounts.access import allow, signed_in
from lms.authoring.blueprint import blueprint
from lms.authoring.drafts import actions
from lms.authoring.drafts.files import bundle_of, store_media
from lms.authoring.drafts.outline_rules import is_id
from lms.authoring.drafts.records import Draft
from lms.authoring.drafts.this_draft import frame_of, this_draft
from lms.content.model.archive import from_zip, write_zip
from lms.content.model.bundle import MAX_TOTAL, Bundle
from lms.foundation.db import write
from lms.foundation.refused import Refused
from lms.foundation.text.i18n import gettext as _

ZIP_MOST = MAX_TOTAL + 1024 * 1024
# A course with few pictures is made in memory, a larger one in a file that goes away with the answer.
_IN_MEMORY = 1024 * 1024


@blueprint.url_value_preprocessor
def take_zip_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Take a whole course on the page that brings one into a draft, before anything of the post is read."""
    if endpoint == "authoring.draft_zip":
        request.max_content_length = ZIP_MOST


@blueprint.route("/programmes/<programme>/drafts/<draft>/zip", methods=["GET", "POST"])
@allow("write courses")
def draft_zip(programme: str, draft: str) -> Any:
    """Offer the files of a draft as a ZIP file, and take a changed one back."""
    found = this_draft(draft)
    done = _take(found) if request.method == "POST" else None
    if request.method == "POST" and not isinstance(done, Refused):
        return redirect(url_for("authoring.draft", programme=programme, draft=draft, saved="zip"), 303)
    page = render_template(
        "authoring/draft_zip.html",
        **frame_of(found),
        problem=done.message if isinstance(done, Refused) else "",
        zip_most=MAX_TOTAL // (1024 * 1024),
    )
    return make_response(page, 422 if done else 200)


@blueprint.get("/programmes/<programme>/drafts/<draft>/files.zip")
@allow("write courses")
def draft_files_zip(programme: str, draft: str) -> Any:
    """Give the files of a draft as a ZIP file."""
    found = this_draft(draft)
    return as_download(bundle_of(found), found.course_id, f"{found.course_id}-draft.zip")


def as_download(bundle: Bundle, folder: str, name: str) -> Response:
    """Return a bundle as a ZIP file that a browser saves."""
    # Flask closes it once it's sent.
    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
    write_zip(bundle, folder if is_id(folder) else "course", file)
    file.seek(0)
    return send_file(file, "application/zip", as_attachment=True, download_name=name)


def _take(draft: Draft) -> Refused | None:
    """Put the files of a ZIP file in place of those of a draft; what it hasn't is removed, all as one revision."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return Refused(_("Choose a ZIP file. Nothing was changed."))
    bundle = from_zip(upload.stream)
    upload.close()
    if not isinstance(bundle, Bundle):
        return Refused(_("We couldn’t read this as a ZIP file. Nothing was changed. Please make the ZIP file again."))
    if bundle.refused:
        names = ", ".join(path for _code, path in bundle.refused[:5])
        return Refused(
            _(
                "We can’t use these files: %(names)s. Nothing was changed. Remove them from the ZIP file and try "
                "again.",
                names=names,
            )
        )
    if "course.md" not in bundle.files:
        return Refused(_("There’s no course.md in this ZIP file. Nothing was changed. Zip the folder of one course."))
    store_media(bundle)
    seen = draft.revision
    contents = actions.contents_of(bundle.files, bundle.manifest)
    removed = tuple(path for path in bundle_of(draft).files if path not in bundle.files)
    done = write(actions.change, draft.id, signed_in().person_id, "zip", "course.md", contents, removed, seen=seen)
    return done if isinstance(done, Refused) else None
