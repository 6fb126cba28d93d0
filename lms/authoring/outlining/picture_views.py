"""The pictures of a draft: upload one with its description, and have the Markdown that shows it."""

from __future__ import annotations

from posixpath import splitext
from typing import Any

from flask import make_response, render_template, request

from lms.accounts.access import allow, signed_in
from lms.authoring.blueprint import blueprint
from lms.authoring.drafts import actions, records
from lms.authoring.drafts.actions import contents_of
from lms.authoring.drafts.outline_rules import is_text
from lms.authoring.drafts.records import Draft
from lms.authoring.drafts.text_rules import id_from
from lms.authoring.drafts.this_draft import frame_of, this_draft
from lms.content.model.pictures import (
    ENDINGS,
    PIXELS_MOST,
    UnreadablePicture,
    inspect_picture,
    kind_of,
    without_metadata,
)
from lms.content.model.structure import is_picture
from lms.foundation.db import write
from lms.foundation.per_app import provided
from lms.foundation.refused import Refused
from lms.foundation.storage.files import FileStore
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.fields import hides_something

# What is larger is refused in words; what is larger than the second number isn't read any further.
PICTURE_MOST, POST_MOST = 5 * 1024 * 1024, 40 * 1024 * 1024
ALT_MOST = 300


@blueprint.url_value_preprocessor
def take_pictures(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Take a picture before anything of the post is read; what is large waits in a file, not in memory."""
    if endpoint == "authoring.draft_pictures":
        request.max_content_length = POST_MOST


@blueprint.route("/programmes/<programme>/drafts/<draft>/pictures", methods=["GET", "POST"])
@allow("write courses")
def draft_pictures(programme: str, draft: str) -> Any:
    """Show the pictures of a draft, and take another one with its description."""
    found = this_draft(draft)
    alt, problem, added = " ".join(request.form.get("alt", "").split()), {}, ""
    if request.method == "POST":
        upload = request.files.get("picture")
        content = upload.stream.read(PICTURE_MOST + 1) if upload and upload.filename else b""
        name = upload.filename or "" if upload else ""
        problem = _problem_of(content, alt)
        if not problem:
            added, refused = _add(found, name, content)
            problem = {"picture": refused} if refused else {}
    files = records.list_files(found.id)
    page = render_template(
        "authoring/draft_pictures.html",
        **frame_of(found),
        pictures=[(path.removeprefix("media/"), path, sha) for path, sha in files.items() if _is_shown(path)],
        alt=alt,
        problem=problem,
        markdown=f"![{alt}]({added})" if added else "",
        most=PICTURE_MOST // (1024 * 1024),
    )
    return make_response(page, 422 if problem else 200)


def _is_shown(path: str) -> bool:
    return not is_text(path) and is_picture(path)


def _problem_of(content: bytes, alt: str) -> dict[str, str]:
    """Return what is to be changed about a picture or its description, by field."""
    found = {}
    if not content:
        found["picture"] = _("Choose a picture first.")
    elif len(content) > PICTURE_MOST:
        found["picture"] = _(
            "This picture is larger than %(most)s MB, so it wasn’t added. Make it smaller first. Most photos need no "
            "more than 1 MB.",
            most=PICTURE_MOST // (1024 * 1024),
        )
    else:
        try:
            picture = inspect_picture(content)
            if picture.width * picture.height > PIXELS_MOST:
                found["picture"] = _(
                    "This picture has more pixels than a phone can open. Scale it down to 4,000 by 4,000."
                )
        except UnreadablePicture as what:
            found["picture"] = _(
                "This file is %(what)s, so it wasn’t added. Export it as PNG, JPEG, WebP or SVG, and choose that file.",
                what=str(what),
            )
    if not alt:
        found["alt"] = _("Describe what the picture shows, for people who can’t see it.")
    elif len(alt) > ALT_MOST or hides_something(alt) or set(alt) & set("[]"):
        found["alt"] = _("Use at most %(most)s characters, without square brackets.", most=ALT_MOST)
    return found


def _add(draft: Draft, name: str, content: bytes) -> tuple[str, str]:
    """Clean and store a picture; return its path and nothing, or nothing and why it wasn't added."""
    seen = draft.revision
    clean = without_metadata(content)
    ending = next(end for end, kind in ENDINGS.items() if kind == kind_of(clean))
    stem, taken = id_from(splitext(name)[0]) or "picture", set(records.list_files(draft.id))
    names = [stem, *(f"{stem}-{number}" for number in range(2, 1000))]
    path = next((f"media/{one}{ending}" for one in names if f"media/{one}{ending}" not in taken), "")
    who = signed_in().person_id
    provided(FileStore).put(clean)
    done = write(actions.change, draft.id, who, "added", path, contents_of({path: clean}), seen=seen)
    return ("", done.message) if isinstance(done, Refused) else (path, "")
